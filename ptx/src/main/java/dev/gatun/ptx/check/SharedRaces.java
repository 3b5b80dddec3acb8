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

    /** The last write of a cell, or the last read of a warp. */
    private static final class Mark {
        final Step step;
        final int warp;
        final int lane;
        final int clock;
        final int epoch;
        final int bytes;
        final boolean atomic;
        final boolean pending; // an asynchronous copy not waited for

        Mark(Step step, Warp warp, int lane, int clock, int epoch, int bytes, boolean atomic, boolean pending) {
            this.step = step;
            this.warp = warp.index();
            this.lane = lane;
            this.clock = clock;
            this.epoch = epoch;
            this.bytes = bytes;
            this.atomic = atomic;
            this.pending = pending;
        }
    }

    private final Findings findings;
    private final boolean acrossWarps;
    private final boolean withinWarps;
    private @Nullable Mark[] writes = {};
    private @Nullable Mark[] reads = {}; // [cell][warp]
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
        int cells = (block.sharedBytes() + CELL - 1) / CELL;
        writes = new Mark[cells];
        reads = new Mark[cells * warpCount];
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
        boolean isWrite = access != Access.READ && access != Access.READ_ONLY;
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) == 0) {
                continue;
            }
            long end = at[lane] + byteCount;
            for (long from = at[lane]; from < end; from = (from & -CELL) + CELL) {
                int cell = (int) (from / CELL);
                if (cell < 0 || cell >= writes.length) {
                    break; // the machine is about to report the address
                }
                int first = (int) (from & (CELL - 1));
                int last = (int) Math.min(CELL, first + end - from);
                int bytes = ((1 << last) - 1) & -(1 << first);
                if (isWrite) {
                    write(warp, step, access, lane, cell, bytes);
                } else {
                    read(warp, step, lane, cell, bytes);
                }
            }
        }
    }

    private Mark mark(Warp warp, Step step, int lane, int bytes, boolean atomic, boolean pending) {
        int w = warp.index();
        return new Mark(step, warp, lane, clocks[w][w], epochs[w], bytes, atomic, pending);
    }

    private void read(Warp warp, Step step, int lane, int cell, int bytes) {
        Mark write = writes[cell];
        if (write != null && (write.bytes & bytes) != 0) {
            compare(write, warp, step, lane, cell, "RAW");
        }
        reads[cell * warpCount + warp.index()] = mark(warp, step, lane, bytes, false, false);
    }

    private void write(Warp warp, Step step, Access access, int lane, int cell, int bytes) {
        boolean atomic = access == Access.ATOMIC;
        Mark write = writes[cell];
        boolean completes = access == Access.ASYNC_COMPLETE;
        boolean own = completes && write != null && write.pending && write.warp == warp.index() && write.lane == lane;
        if (write != null && !own && (write.bytes & bytes) != 0 && !(atomic && write.atomic)) {
            compare(write, warp, step, lane, cell, "WAW");
        }
        for (int w = 0; w < warpCount; w++) {
            Mark read = reads[cell * warpCount + w];
            if (read != null && (read.bytes & bytes) != 0) {
                compare(read, warp, step, lane, cell, "WAR");
            }
        }
        writes[cell] = mark(warp, step, lane, bytes, atomic, access == Access.ASYNC_WRITE);
    }

    /** Reports unless the earlier access happens before this one. */
    private void compare(Mark earlier, Warp warp, Step step, int lane, int cell, String kind) {
        if (earlier.pending) {
            report(
                    Check.SHARED_RACE,
                    kind + " with a pending cp.async",
                    earlier,
                    warp,
                    step,
                    lane,
                    cell,
                    "cp.async.wait_group and a barrier before line " + step.line());
            return;
        }
        if (earlier.warp != warp.index()) {
            if (acrossWarps && earlier.clock > clocks[warp.index()][earlier.warp]) {
                report(Check.SHARED_RACE, kind, earlier, warp, step, lane, cell, RACE_HINT);
            }
            return;
        }
        boolean sameInstruction = earlier.step.equals(step) && earlier.epoch == epochs[warp.index()];
        if (withinWarps && earlier.lane != lane && earlier.epoch == epochs[warp.index()] && !sameInstruction) {
            report(Check.WARP_SYNC, kind, earlier, warp, step, lane, cell, WARP_HINT);
        }
    }

    private void report(Check check, String kind, Mark earlier, Warp warp, Step step, int lane, int cell, String hint) {
        if (findings.repeat(check, kind, earlier.step.line(), step.line())) {
            return;
        }
        String address = "shared+0x" + Integer.toHexString(cell * CELL);
        findings.add(
                check,
                kind,
                address + " (" + warp.block().launch().describeShared((long) cell * CELL) + ")",
                Place.of(earlier.step, warp.block(), earlier.warp, earlier.lane),
                Place.of(step, warp, lane),
                hint);
    }
}
