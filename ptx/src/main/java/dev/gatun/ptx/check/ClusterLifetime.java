package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.AsyncAccess;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a block is known to run while others, or the async proxy, reach into its shared memory. */
final class ClusterLifetime {
    /** The last access of a warp to another block's memory. */
    private record Reach(Step step, Warp warp, int lane, int clock) {}

    private final Findings findings;
    private final Set<Check> checks;
    private final ClusterOrder order;
    private final int warpsPerBlock;
    private final @Nullable Reach[][] reaches; // [rank of the owner][actor]
    private final Set<AsyncAccess> underWay = new LinkedHashSet<>();

    ClusterLifetime(Findings findings, Set<Check> checks, ClusterOrder order, Block block) {
        this.findings = findings;
        this.checks = checks;
        this.order = order;
        this.warpsPerBlock = block.warpCount();
        this.reaches = new Reach[block.cluster().blockCount()][order.actors()];
    }

    /** A warp touches memory, or a memory barrier, of another block. */
    void reaches(Warp warp, Step step, Block owner, int lane) {
        int actor = order.actor(warp);
        reaches[owner.rank()][actor] = new Reach(step, warp, lane, order.clock(actor));
        if (!order.knows(actor, owner)) {
            report(
                    Check.CLUSTER_LIFETIME,
                    "before it is known to run",
                    warp,
                    step,
                    lane,
                    owner,
                    "barrier.cluster.arrive and wait before line " + step.line());
        }
    }

    void asyncBegins(AsyncAccess access) {
        underWay.add(access);
        if (access.owner() != access.warp().block()) {
            reaches(access.warp(), access.step(), access.owner(), access.lane());
        }
    }

    void asyncEnds(AsyncAccess access) {
        underWay.remove(access);
    }

    /** All threads of a block have exited: nobody may have anything to do with its memory any more. */
    void blockEnds(Block block) {
        for (AsyncAccess access : underWay) {
            if (access.owner() == block) {
                report(
                        Check.ASYNC_EXIT,
                        access.writes() ? "written" : "read",
                        access.warp(),
                        access.step(),
                        access.lane(),
                        block,
                        access.barrierOwner() == null
                                ? "cp.async.bulk.wait_group.read 0 before the exit"
                                : "wait for its mbarrier before the exit");
            }
        }
        underWay.removeIf(access -> access.owner() == block);
        @Nullable Reach[] ofBlock = reaches[block.rank()];
        for (int actor = 0; actor < ofBlock.length; actor++) {
            Reach reach = ofBlock[actor];
            if (reach != null && !isKnown(block, actor, reach.clock())) {
                report(
                        Check.CLUSTER_LIFETIME,
                        "while it may exit",
                        reach.warp(),
                        reach.step(),
                        reach.lane(),
                        block,
                        "barrier.cluster.arrive and wait after line "
                                + reach.step().line());
            }
        }
    }

    /** Whether some warp of the block knew, so that the block could not have exited before. */
    private boolean isKnown(Block block, int actor, int clock) {
        int first = block.rank() * warpsPerBlock;
        for (int own = first; own < first + warpsPerBlock; own++) {
            if (order.isSeen(own, actor, clock)) {
                return true;
            }
        }
        return false;
    }

    private void report(Check check, String kind, Warp warp, Step step, int lane, Block owner, String hint) {
        if (checks.contains(check) && !findings.repeat(check, kind, 0, step.line())) {
            findings.add(
                    check,
                    kind,
                    "shared memory of block " + owner.gridSize().describe(owner.index()),
                    null,
                    Place.of(step, warp, lane),
                    hint);
        }
    }
}
