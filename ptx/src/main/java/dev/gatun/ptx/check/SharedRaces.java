package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.AsyncAccess;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher.Access;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Races in the shared memory of a cluster, by the happens-before of a {@link ClusterOrder}.
 *
 * <p>A cell stands for four bytes and knows its last write and the last read of each warp. A {@code cp.async} or an operation
 * of the async proxy touches it from its issue until it is waited for. When warps write different bytes of one cell, only
 * the last write is kept: such a cell can hide a race, it cannot invent one.
 */
final class SharedRaces {
    private static final int CELL = 4;
    private static final String RACE_HINT = "bar.sync (or an mbarrier) between the two lines";
    private static final String WARP_HINT = "bar.warp.sync between the two lines";

    /** An access of a warp, or of the async proxy for one; lane and bytes stand beside it, cell by cell. */
    private static final class Mark {
        final Step step;
        final Block block;
        final int warpIndex;
        final int actor;
        final int clock;
        final int epoch;
        final boolean atomic;
        final boolean pending; // a copy not waited for
        final @Nullable AsyncAccess async;

        Mark(Step step, Warp warp, int actor, int clock, int epoch, boolean atomic, boolean pending) {
            this.step = step;
            this.block = warp.block();
            this.warpIndex = warp.index();
            this.actor = actor;
            this.clock = clock;
            this.epoch = epoch;
            this.atomic = atomic;
            this.pending = pending;
            this.async = null;
        }

        Mark(AsyncAccess async, int actor, int clock, boolean pending) {
            this.step = async.step();
            this.block = async.warp().block();
            this.warpIndex = async.warp().index();
            this.actor = actor;
            this.clock = clock;
            this.epoch = 0;
            this.atomic = async.step().text().startsWith("cp.reduce");
            this.pending = pending;
            this.async = async;
        }
    }

    /** The last access of one kind to each cell, or to each cell by each warp. */
    private static final class Marks {
        final @Nullable Mark[] marks;
        final byte[] lanes;
        final byte[] bytes; // touched, a bit each

        Marks(int count) {
            this.marks = new Mark[count];
            this.lanes = new byte[count];
            this.bytes = new byte[count];
        }

        void put(int at, Mark mark, int lane, int touched) {
            marks[at] = mark;
            lanes[at] = (byte) lane;
            bytes[at] = (byte) touched;
        }
    }

    private final Findings findings;
    private final boolean acrossWarps;
    private final boolean withinWarps;
    private final boolean proxies;
    private final ClusterOrder order;
    private final int cells; // of a block
    private final int actors;
    private final Marks writes; // [rank * cells + cell]
    private final Marks reads; // [(rank * cells + cell) * actors + actor]

    /** {@code before}: of a cluster that is done, whose tables are taken over where they fit. */
    SharedRaces(Findings findings, Set<Check> checks, ClusterOrder order, Block block, @Nullable SharedRaces before) {
        this.findings = findings;
        this.acrossWarps = checks.contains(Check.SHARED_RACE);
        this.withinWarps = checks.contains(Check.WARP_SYNC);
        this.proxies = checks.contains(Check.ASYNC_PROXY);
        this.order = order;
        this.cells = (block.sharedBytes() + CELL - 1) / CELL;
        this.actors = order.actors();
        int all = cells * block.cluster().blockCount();
        if (before != null && before.writes.marks.length == all && before.actors == actors) {
            this.writes = before.writes;
            this.reads = before.reads;
            Arrays.fill(writes.marks, null);
            Arrays.fill(reads.marks, null);
        } else {
            this.writes = new Marks(all);
            this.reads = new Marks(Math.multiplyExact(all, actors));
        }
    }

    void access(Warp warp, Step step, Block owner, Access access, int mask, long[] at, int byteCount) {
        boolean startsMatrix = access == Access.MATRIX_READ || access == Access.MATRIX_SHARE;
        boolean endsMatrix = access == Access.MATRIX_DONE;
        boolean isWrite = access != Access.READ && access != Access.READ_ONLY && !startsMatrix && !endsMatrix;
        int actor = order.actor(warp);
        boolean pending = access == Access.ASYNC_WRITE || startsMatrix;
        Mark mark =
                new Mark(step, warp, actor, order.clock(actor), order.epoch(actor), access == Access.ATOMIC, pending);
        boolean completes = access == Access.ASYNC_COMPLETE;
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) == 0) {
                continue;
            }
            long end = at[lane] + byteCount;
            for (long from = at[lane]; from < end; from = (from & -CELL) + CELL) {
                long inBlock = from / CELL;
                if (inBlock < 0 || inBlock >= cells) {
                    break; // the machine is about to report the address
                }
                int cell = owner.rank() * cells + (int) inBlock;
                int first = (int) (from & (CELL - 1));
                int last = (int) Math.min(CELL, first + end - from);
                int bytes = ((1 << last) - 1) & -(1 << first);
                if (isWrite) {
                    write(mark, warp, lane, cell, bytes, completes);
                } else if (endsMatrix) {
                    reads.put(cell * actors + actor, mark, lane, bytes);
                } else if (read(mark, warp, lane, cell, bytes) && startsMatrix) {
                    checkProxy(mark, warp, lane, cell);
                }
            }
        }
    }

    /** Whether it reads nothing that a report was due for. */
    private boolean read(Mark mark, Warp warp, int lane, int cell, int bytes) {
        boolean clean = compare(writes, cell, mark, warp, lane, cell, bytes, "RAW");
        reads.put(cell * actors + mark.actor, mark, lane, bytes);
        return clean;
    }

    /** What {@code wgmma} reads must have been shown to the async proxy. */
    private void checkProxy(Mark mark, Warp warp, int lane, int cell) {
        Mark write = writes.marks[cell];
        if (write != null && write.async == null && !order.isFenced(mark.actor, write.actor, write.clock)) {
            reportProxy("RAW", write, writes.lanes[cell], warp, mark.step, lane, cell);
        }
    }

    private void write(Mark mark, Warp warp, int lane, int cell, int bytes, boolean completes) {
        Mark write = writes.marks[cell];
        if (write != null) {
            boolean own = completes && write.pending && write.actor == mark.actor && writes.lanes[cell] == lane;
            if (!own && !(mark.atomic && write.atomic)) {
                compare(writes, cell, mark, warp, lane, cell, bytes, "WAW");
            }
        }
        compareWithReads(mark, warp, lane, cell, bytes);
        writes.put(cell, mark, lane, bytes);
    }

    private void compareWithReads(Mark mark, Warp warp, int lane, int cell, int bytes) {
        int first = cell * actors;
        for (int at = first; at < first + actors; at++) {
            compare(reads, at, mark, warp, lane, cell, bytes, "WAR");
        }
    }

    private int firstCell(AsyncAccess access) {
        return access.owner().rank() * cells + access.address() / CELL;
    }

    private static int cellCount(AsyncAccess access) {
        return (access.byteCount() + CELL - 1) / CELL;
    }

    /** The async proxy may touch a stretch from now on, with what its issuer has fenced. */
    void asyncBegins(AsyncAccess access) {
        Warp warp = access.warp();
        int actor = order.actor(warp);
        Mark issue = new Mark(access.step(), warp, actor, order.clock(actor), order.epoch(actor), false, false);
        Mark pending = new Mark(access, order.asyncActor(), 0, true);
        String kind = access.writes() ? "WAW" : "RAW";
        int first = firstCell(access);
        for (int cell = first; cell < first + cellCount(access); cell++) {
            Mark write = writes.marks[cell];
            if (write != null && !(pending.atomic && write.atomic && access.writes())) {
                boolean clean = compare(writes, cell, issue, warp, access.lane(), cell, -1, kind);
                if (clean && write.async == null && !order.isFenced(actor, write.actor, write.clock)) {
                    reportProxy(kind, write, writes.lanes[cell], warp, access.step(), access.lane(), cell);
                }
            }
            if (access.writes()) {
                compareWithReads(issue, warp, access.lane(), cell, -1);
                writes.put(cell, pending, access.lane(), -1);
            } else {
                reads.put(cell * actors + order.asyncActor(), pending, access.lane(), -1);
            }
        }
    }

    /** The access is over at this clock of the async proxy. */
    void asyncEnds(AsyncAccess access, int clock) {
        Mark ended = new Mark(access, order.asyncActor(), clock, false);
        int first = firstCell(access);
        for (int cell = first; cell < first + cellCount(access); cell++) {
            Marks marks = access.writes() ? writes : reads;
            int at = access.writes() ? cell : cell * actors + order.asyncActor();
            Mark mark = marks.marks[at];
            if (mark != null && mark.pending && access == mark.async) {
                marks.put(at, ended, access.lane(), -1);
            }
        }
    }

    private void reportProxy(String kind, Mark write, int writer, Warp warp, Step step, int lane, int cell) {
        if (!proxies || findings.repeat(Check.ASYNC_PROXY, kind, write.step.line(), step.line())) {
            return;
        }
        findings.add(
                Check.ASYNC_PROXY,
                kind,
                describe(cell, warp),
                place(write, writer),
                Place.of(step, warp, lane),
                "fence.proxy.async after line " + write.step.line() + ", before the barrier");
    }

    /** Reports unless the access that stands at {@code at} happens before this one or touches other bytes. */
    private boolean compare(Marks accesses, int at, Mark now, Warp warp, int lane, int cell, int bytes, String kind) {
        Mark earlier = accesses.marks[at];
        if (earlier == null || (accesses.bytes[at] & bytes) == 0) {
            return true;
        }
        int earlierLane = accesses.lanes[at];
        if (earlier.pending) {
            String pendingKind = kind + " with a pending " + pendingWhat(earlier, kind);
            report(
                    Check.SHARED_RACE,
                    pendingKind,
                    earlier,
                    earlierLane,
                    warp,
                    now.step,
                    lane,
                    cell,
                    hint(earlier, now, kind));
            return false;
        }
        if (earlier.actor != now.actor) {
            boolean seen = order.isSeen(now.actor, earlier.actor, earlier.clock);
            if (!seen && acrossWarps) {
                String hint = earlier.async == null ? RACE_HINT : hint(earlier, now, kind);
                report(Check.SHARED_RACE, kind, earlier, earlierLane, warp, now.step, lane, cell, hint);
            }
            return seen;
        }
        boolean apart = earlier.epoch != now.epoch || earlierLane == lane || earlier.step.equals(now.step);
        if (!apart && withinWarps) {
            report(Check.WARP_SYNC, kind, earlier, earlierLane, warp, now.step, lane, cell, WARP_HINT);
        }
        return apart;
    }

    /** Only {@code wgmma} reads later than a warp's own clock. */
    private static String pendingWhat(Mark earlier, String kind) {
        return earlier.async != null ? "bulk copy" : kind.equals("WAR") ? "wgmma" : "cp.async";
    }

    private static String hint(Mark earlier, Mark now, String kind) {
        AsyncAccess async = earlier.async;
        String how = async == null
                ? pendingWhat(earlier, kind) + ".wait_group and a barrier"
                : async.barrierOwner() == null
                        ? "wait for the reading (cp.async.bulk.wait_group.read) and a barrier"
                        : "wait for its mbarrier (mbarrier.try_wait)";
        return how + " before line " + now.step.line();
    }

    private static Place place(Mark mark, int lane) {
        return Place.of(mark.step, mark.block, mark.warpIndex, lane);
    }

    private String describe(int cell, Warp warp) {
        long address = (long) (cell % cells) * CELL;
        int rank = cell / cells;
        String where = warp.block().cluster().blockCount() == 1 ? "" : " of rank " + rank;
        return "shared+0x" + Long.toHexString(address) + where + " ("
                + warp.block().launch().describeShared(address) + ")";
    }

    private void report(
            Check check,
            String kind,
            Mark earlier,
            int earlierLane,
            Warp warp,
            Step step,
            int lane,
            int cell,
            String hint) {
        if (check == Check.SHARED_RACE && !acrossWarps) {
            return;
        }
        if (!findings.repeat(check, kind, earlier.step.line(), step.line())) {
            findings.add(
                    check, kind, describe(cell, warp), place(earlier, earlierLane), Place.of(step, warp, lane), hint);
        }
    }
}
