package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.AsyncAccess;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Whether the initialisation of a memory barrier is known to those who use it, the async proxy included. */
final class MemoryBarrierStarts {
    private static final class Start {
        final Step step;
        final Warp warp;
        final int lane;
        final int actor;
        final int clock;
        boolean fenced; // by fence.mbarrier_init

        Start(Step step, Warp warp, int lane, int actor, int clock) {
            this.step = step;
            this.warp = warp;
            this.lane = lane;
            this.actor = actor;
            this.clock = clock;
        }
    }

    private final Findings findings;
    private final Set<Check> checks;
    private final ClusterOrder order;
    private final Map<Long, Start> starts = new HashMap<>(); // by rank and address

    MemoryBarrierStarts(Findings findings, Set<Check> checks, ClusterOrder order) {
        this.findings = findings;
        this.checks = checks;
        this.order = order;
    }

    private static long key(Block owner, int address) {
        return (long) owner.rank() << Integer.SIZE | address;
    }

    void changes(Warp warp, Step step, int address, int mask) {
        int actor = order.actor(warp);
        Start start = new Start(step, warp, Integer.numberOfTrailingZeros(mask), actor, order.clock(actor));
        starts.put(key(warp.block(), address), start);
    }

    /** {@code fence.mbarrier_init}: what the warp knows to be initialised, all of the cluster may use. */
    void fence(Warp warp) {
        int actor = order.actor(warp);
        for (Start start : starts.values()) {
            start.fenced |= order.isSeen(actor, start.actor, start.clock);
        }
    }

    void used(Warp warp, Step step, Block owner, int address, int mask) {
        Start start = starts.get(key(owner, address));
        int actor = order.actor(warp);
        if (start != null && start.actor != actor && !order.isSeen(actor, start.actor, start.clock)) {
            report(
                    Check.SHARED_RACE,
                    start,
                    warp,
                    step,
                    Integer.numberOfTrailingZeros(mask),
                    address,
                    "a barrier after the initialisation");
        }
    }

    void usedBy(AsyncAccess access) {
        Block owner = access.barrierOwner();
        Start start = owner == null ? null : starts.get(key(owner, access.barrierAddress()));
        if (start == null || start.fenced || !access.writes()) {
            return;
        }
        int actor = order.actor(access.warp());
        if (!order.isFenced(actor, start.actor, start.clock)) {
            report(
                    Check.ASYNC_PROXY,
                    start,
                    access.warp(),
                    access.step(),
                    access.lane(),
                    access.barrierAddress(),
                    "fence.mbarrier_init.release.cluster (or fence.proxy.async) after line " + start.step.line());
        }
    }

    private void report(Check check, Start start, Warp warp, Step step, int lane, int address, String hint) {
        String kind = "mbarrier in use before its initialisation shows";
        if (checks.contains(check) && !findings.repeat(check, kind, start.step.line(), step.line())) {
            findings.add(
                    check,
                    kind,
                    "shared+0x" + Integer.toHexString(address) + " ("
                            + warp.block().launch().describeShared(address) + ")",
                    Place.of(start.step, start.warp, start.lane),
                    Place.of(step, warp, lane),
                    hint);
        }
    }
}
