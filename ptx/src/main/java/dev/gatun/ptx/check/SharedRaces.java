package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher.Access;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Happens-before over shared memory, with the warp as the clocked actor (after FastTrack, Flanagan and Freund, 2009).
 *
 * <p>A cell stands for four bytes and knows its last write and the last read of each warp. Within a warp, an epoch that
 * every warp-wide instruction raises tells accesses of different lanes apart. A {@code cp.async} writes from its issue
 * until it is waited for. When warps write different bytes of one cell, only the last write is kept: such a cell can hide
 * a race, it cannot invent one.
 */
final class SharedRaces {
    private static final int CELL = 4;
    private static final String RACE_HINT = "bar.sync (or an mbarrier) between the two lines";
    private static final String WARP_HINT = "bar.warp.sync between the two lines";

    /** An access of a warp; lane and bytes stand beside it, cell by cell. */
    private static final class Mark {
        final Step step;
        final int warp;
        final int clock;
        final int epoch;
        final boolean atomic;
        final boolean pending; // an asynchronous copy not waited for

        Mark(Step step, int warp, int clock, int epoch, boolean atomic, boolean pending) {
            this.step = step;
            this.warp = warp;
            this.clock = clock;
            this.epoch = epoch;
            this.atomic = atomic;
            this.pending = pending;
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
    private int cells;
    private Marks writes = new Marks(0);
    private Marks reads = new Marks(0); // [cell][warp]
    private int warpCount;
    private int[][] clocks = {}; // [warp][of warp]
    private int[] epochs = {};
    private int[][] barrierClocks = {};
    private boolean[][] barrierWaiters = {};
    private final Map<Integer, int[]> memoryBarrierClocks = new HashMap<>();

    SharedRaces(Findings findings, boolean acrossWarps, boolean withinWarps) {
        this.findings = findings;
        this.acrossWarps = acrossWarps;
        this.withinWarps = withinWarps;
    }

    void blockStarts(Block block) {
        warpCount = block.warpCount();
        cells = (block.sharedBytes() + CELL - 1) / CELL;
        if (writes.marks.length == cells && reads.marks.length == cells * warpCount) {
            Arrays.fill(writes.marks, null);
            Arrays.fill(reads.marks, null);
        } else {
            writes = new Marks(cells);
            reads = new Marks(cells * warpCount);
        }
        clocks = new int[warpCount][warpCount];
        for (int w = 0; w < warpCount; w++) {
            clocks[w][w] = 1;
        }
        epochs = new int[warpCount];
        barrierClocks = new int[16][warpCount];
        barrierWaiters = new boolean[16][warpCount];
        memoryBarrierClocks.clear();
    }

    void barrierArrives(Warp warp, int number, boolean waits) {
        join(barrierClocks[number], clocks[warp.index()]);
        clocks[warp.index()][warp.index()]++;
        epochs[warp.index()]++;
        barrierWaiters[number][warp.index()] |= waits;
    }

    void barrierCompletes(int number) {
        for (int w = 0; w < warpCount; w++) {
            if (barrierWaiters[number][w]) {
                join(clocks[w], barrierClocks[number]);
            }
        }
        Arrays.fill(barrierClocks[number], 0);
        Arrays.fill(barrierWaiters[number], false);
    }

    void warpSynchronizes(Warp warp) {
        epochs[warp.index()]++;
    }

    void memoryBarrierArrives(Warp warp, int address) {
        join(memoryBarrierClocks.computeIfAbsent(address, at -> new int[warpCount]), clocks[warp.index()]);
        clocks[warp.index()][warp.index()]++;
    }

    void memoryBarrierPasses(Warp warp, int address) {
        int[] released = memoryBarrierClocks.get(address);
        if (released != null) {
            join(clocks[warp.index()], released);
            epochs[warp.index()]++;
        }
    }

    private static void join(int[] into, int[] from) {
        for (int n = 0; n < into.length; n++) {
            into[n] = Math.max(into[n], from[n]);
        }
    }

    void access(Warp warp, Step step, Access access, int mask, long[] at, int byteCount) {
        boolean isMatrix =
                access == Access.MATRIX_READ || access == Access.MATRIX_SHARE || access == Access.MATRIX_DONE;
        boolean isWrite = access != Access.READ && access != Access.READ_ONLY && !isMatrix;
        int w = warp.index();
        boolean pending = access == Access.ASYNC_WRITE || (isMatrix && access != Access.MATRIX_DONE);
        Mark mark = new Mark(step, w, clocks[w][w], epochs[w], access == Access.ATOMIC, pending);
        boolean completes = access == Access.ASYNC_COMPLETE;
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) == 0) {
                continue;
            }
            long end = at[lane] + byteCount;
            for (long from = at[lane]; from < end; from = (from & -CELL) + CELL) {
                int cell = (int) (from / CELL);
                if (cell < 0 || cell >= cells) {
                    break; // the machine is about to report the address
                }
                int first = (int) (from & (CELL - 1));
                int last = (int) Math.min(CELL, first + end - from);
                int bytes = ((1 << last) - 1) & -(1 << first);
                if (isWrite) {
                    write(mark, warp, lane, cell, bytes, completes);
                } else {
                    read(mark, warp, lane, cell, bytes);
                }
            }
        }
    }

    private void read(Mark mark, Warp warp, int lane, int cell, int bytes) {
        compare(writes, cell, mark, warp, lane, cell, bytes, "RAW");
        reads.put(cell * warpCount + mark.warp, mark, lane, bytes);
    }

    private void write(Mark mark, Warp warp, int lane, int cell, int bytes, boolean completes) {
        Mark write = writes.marks[cell];
        if (write != null) {
            boolean own = completes && write.pending && write.warp == mark.warp && writes.lanes[cell] == lane;
            if (!own && !(mark.atomic && write.atomic)) {
                compare(writes, cell, mark, warp, lane, cell, bytes, "WAW");
            }
        }
        int first = cell * warpCount;
        for (int at = first; at < first + warpCount; at++) {
            compare(reads, at, mark, warp, lane, cell, bytes, "WAR");
        }
        writes.put(cell, mark, lane, bytes);
    }

    /** Reports unless the access that stands at {@code at} happens before this one or touches other bytes. */
    private void compare(Marks accesses, int at, Mark now, Warp warp, int lane, int cell, int bytes, String kind) {
        Mark earlier = accesses.marks[at];
        if (earlier == null || (accesses.bytes[at] & bytes) == 0) {
            return;
        }
        int earlierLane = accesses.lanes[at];
        if (earlier.pending && kind.equals("WAR")) {
            String hint = "wgmma.wait_group and a barrier before line " + now.step.line();
            report(
                    Check.SHARED_RACE,
                    "WAR with a pending wgmma",
                    earlier,
                    earlierLane,
                    warp,
                    now.step,
                    lane,
                    cell,
                    hint);
        } else if (earlier.pending) {
            String hint = "cp.async.wait_group and a barrier before line " + now.step.line();
            String pendingKind = kind + " with a pending cp.async";
            report(Check.SHARED_RACE, pendingKind, earlier, earlierLane, warp, now.step, lane, cell, hint);
        } else if (earlier.warp != now.warp) {
            if (acrossWarps && earlier.clock > clocks[now.warp][earlier.warp]) {
                report(Check.SHARED_RACE, kind, earlier, earlierLane, warp, now.step, lane, cell, RACE_HINT);
            }
        } else if (withinWarps && earlier.epoch == now.epoch && earlierLane != lane && !earlier.step.equals(now.step)) {
            report(Check.WARP_SYNC, kind, earlier, earlierLane, warp, now.step, lane, cell, WARP_HINT);
        }
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
        if (findings.repeat(check, kind, earlier.step.line(), step.line())) {
            return;
        }
        String address = "shared+0x" + Integer.toHexString(cell * CELL);
        findings.add(
                check,
                kind,
                address + " (" + warp.block().launch().describeShared((long) cell * CELL) + ")",
                Place.of(earlier.step, warp.block(), earlier.warp, earlierLane),
                Place.of(step, warp, lane),
                hint);
    }
}
