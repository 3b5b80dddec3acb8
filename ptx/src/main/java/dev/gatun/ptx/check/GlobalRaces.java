package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher.Access;
import dev.gatun.ptx.verify.Operation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Happens-before over global memory between the blocks of a grid.
 *
 * <p>Cells of four bytes, kept only where the kernel goes. Atomics and strong accesses ({@code .volatile}, {@code
 * .relaxed}, {@code .acquire}, {@code .release}) do not race with each other; one that follows another at the same address
 * orders all that came before in the other's block. Warps of one block are not told apart here.
 */
final class GlobalRaces {
    private static final int CELL_SHIFT = 2;
    private static final String HINT =
            "give the blocks disjoint memory, use atom/red, or split the kernel at this point";
    private static final String READ_ONLY_HINT = "drop .nc: the read-only path may hold an old value";

    private static final class Mark {
        final Step step;
        final Block block;
        final long blockIndex;
        final int warp;
        final int lane;
        final int clock;
        final boolean strong;

        Mark(Step step, Warp warp, int lane, int clock, boolean strong) {
            this.step = step;
            this.block = warp.block();
            this.blockIndex = warp.block().index();
            this.warp = warp.index();
            this.lane = lane;
            this.clock = clock;
            this.strong = strong;
        }

        Place place() {
            return Place.of(step, block, blockIndex, warp, lane);
        }
    }

    /** The last write and the last reads of two different blocks. */
    private static final class Cell {
        @Nullable
        Mark write;

        @Nullable
        Mark read;

        @Nullable
        Mark otherRead;

        @Nullable
        Mark readOnly;
    }

    private final Findings findings;
    private final boolean races;
    private final boolean readOnly;
    private final Map<Long, Cell> cells = new HashMap<>();
    private final Map<Long, Map<Long, Integer>> released = new HashMap<>(); // address -> block -> clock
    private final Map<Long, Map<Long, Integer>> known = new HashMap<>(); // block -> block -> clock

    GlobalRaces(Findings findings, boolean races, boolean readOnly) {
        this.findings = findings;
        this.races = races;
        this.readOnly = readOnly;
    }

    void launchStarts() {
        cells.clear();
        released.clear();
        known.clear();
    }

    private Map<Long, Integer> clocks(long block) {
        return known.computeIfAbsent(block, missing -> new HashMap<>(Map.of(block, 1)));
    }

    private static boolean isStrong(Step step) {
        Operation operation = step.operation();
        return operation != null
                && (operation.opcode().equals("atom")
                        || operation.opcode().equals("red")
                        || operation.has("O")
                        || operation.has("volatile"));
    }

    void access(Warp warp, Step step, Access access, int mask, long[] at, int byteCount) {
        boolean strong = isStrong(step);
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) != 0) {
                if (strong) {
                    synchronize(warp.block().index(), at[lane]);
                }
                long last = (at[lane] + byteCount - 1) >> CELL_SHIFT;
                for (long cell = at[lane] >> CELL_SHIFT; cell <= last; cell++) {
                    touch(warp, step, access, lane, cell, strong);
                }
            }
        }
    }

    /** Takes what earlier strong accesses at the address released, and releases this block's past. */
    private void synchronize(long block, long address) {
        Map<Long, Integer> mine = clocks(block);
        Map<Long, Integer> there = released.computeIfAbsent(address, missing -> new HashMap<>());
        there.forEach((other, clock) -> mine.merge(other, clock, Math::max));
        mine.forEach((other, clock) -> there.merge(other, clock, Math::max));
        mine.merge(block, 1, Integer::sum);
    }

    private void touch(Warp warp, Step step, Access access, int lane, long index, boolean strong) {
        long block = warp.block().index();
        Cell cell = cells.computeIfAbsent(index, missing -> new Cell());
        Mark mark = new Mark(step, warp, lane, clocks(block).getOrDefault(block, 1), strong);
        boolean isWrite = access == Access.WRITE || access == Access.ATOMIC;
        if (cell.write != null) {
            compare(cell.write, mark, index, isWrite ? "WAW" : "RAW");
        }
        if (isWrite) {
            if (cell.read != null) {
                compare(cell.read, mark, index, "WAR");
            }
            if (cell.otherRead != null) {
                compare(cell.otherRead, mark, index, "WAR");
            }
            if (cell.readOnly != null) {
                reportReadOnly(cell.readOnly, mark, index);
            }
            cell.write = mark;
        } else {
            if (cell.read != null && cell.read.blockIndex != block) {
                cell.otherRead = cell.read;
            }
            cell.read = mark;
            if (access == Access.READ_ONLY) {
                if (cell.write != null) {
                    reportReadOnly(cell.write, mark, index);
                }
                cell.readOnly = mark;
            }
        }
    }

    private void compare(Mark earlier, Mark now, long index, String kind) {
        if (!races || earlier.blockIndex == now.blockIndex || (earlier.strong && now.strong)) {
            return;
        }
        int seen = clocks(now.blockIndex).getOrDefault(earlier.blockIndex, 0);
        if (earlier.clock > seen && !findings.repeat(Check.GLOBAL_RACE, kind, earlier.step.line(), now.step.line())) {
            findings.add(Check.GLOBAL_RACE, kind, describe(now, index), earlier.place(), now.place(), HINT);
        }
    }

    private void reportReadOnly(Mark earlier, Mark now, long index) {
        if (readOnly && !findings.repeat(Check.READ_ONLY, "", earlier.step.line(), now.step.line())) {
            findings.add(Check.READ_ONLY, "", describe(now, index), earlier.place(), now.place(), READ_ONLY_HINT);
        }
    }

    private static String describe(Mark mark, long index) {
        return "global " + mark.block.launch().memory().describe(index << CELL_SHIFT);
    }
}
