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
 * <p>Cells of four bytes, kept only where the kernel goes; accesses to different bytes of one do not race, but if there
 * are more than two kinds they may hide races of others there. Atomics and strong accesses ({@code .volatile}, {@code
 * .relaxed}, {@code .acquire}, {@code .release}) do not race with each other; one that follows another at the same address
 * orders all that came before in the other's block. Warps of one block are not told apart here.
 */
final class GlobalRaces {
    private static final int CELL_SHIFT = 2;
    private static final int PAGE_SHIFT = 10;
    private static final int PAGE_CELLS = 1 << PAGE_SHIFT;
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
        final int bytes; // of the cell, bit 0 the first

        Mark(Step step, Warp warp, int lane, int clock, boolean strong, int bytes) {
            this.step = step;
            this.block = warp.block();
            this.blockIndex = warp.block().index();
            this.warp = warp.index();
            this.lane = lane;
            this.clock = clock;
            this.strong = strong;
            this.bytes = bytes;
        }

        Place place() {
            return Place.of(step, block, blockIndex, warp, lane);
        }
    }

    /** For each cell of a stretch of memory its last writes of different bytes and its last reads of different blocks. */
    private static final class Page {
        final @Nullable Mark[] write = new Mark[PAGE_CELLS];
        final @Nullable Mark[] otherWrite = new Mark[PAGE_CELLS];
        final @Nullable Mark[] read = new Mark[PAGE_CELLS];
        final @Nullable Mark[] otherRead = new Mark[PAGE_CELLS];
        final @Nullable Mark[] readOnly = new Mark[PAGE_CELLS];
    }

    private final Findings findings;
    private final boolean races;
    private final boolean readOnly;
    private final Map<Long, Page> pages = new HashMap<>();
    private long lastPageIndex = -1;
    private Page lastPage = new Page();
    private final Map<Long, Map<Long, Integer>> released = new HashMap<>(); // address -> block -> clock
    private final Map<Long, Map<Long, Integer>> known = new HashMap<>(); // block -> block -> clock

    GlobalRaces(Findings findings, boolean races, boolean readOnly) {
        this.findings = findings;
        this.races = races;
        this.readOnly = readOnly;
    }

    void launchStarts() {
        pages.clear();
        lastPageIndex = -1;
        released.clear();
        known.clear();
    }

    private Map<Long, Integer> clocks(long block) {
        return known.computeIfAbsent(block, missing -> new HashMap<>(Map.of(block, 1)));
    }

    private int clock(long block) {
        return clocks(block).getOrDefault(block, 1);
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
        int clock = clock(warp.block().index());
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) != 0) {
                if (strong) {
                    synchronize(warp.block().index(), at[lane]);
                    clock = clock(warp.block().index());
                }
                long last = (at[lane] + byteCount - 1) >> CELL_SHIFT;
                for (long cell = at[lane] >> CELL_SHIFT; cell <= last; cell++) {
                    int bytes = bytes(at[lane], byteCount, cell);
                    touch(warp, step, access, lane, cell, strong, clock, bytes);
                }
            }
        }
    }

    /** The bytes of {@code cell} among {@code byteCount} from {@code address} on. */
    private static int bytes(long address, int byteCount, long cell) {
        int from = (int) Math.max(0, address - (cell << CELL_SHIFT));
        int end = (int) Math.min(1 << CELL_SHIFT, address + byteCount - (cell << CELL_SHIFT));
        return (1 << end) - (1 << from);
    }

    /** Takes what earlier strong accesses at the address released, and releases this block's past. */
    private void synchronize(long block, long address) {
        Map<Long, Integer> mine = clocks(block);
        Map<Long, Integer> there = released.computeIfAbsent(address, missing -> new HashMap<>());
        there.forEach((other, clock) -> mine.merge(other, clock, Math::max));
        mine.forEach((other, clock) -> there.merge(other, clock, Math::max));
        mine.merge(block, 1, Integer::sum);
    }

    private Page page(long cell) {
        long index = cell >> PAGE_SHIFT;
        if (index != lastPageIndex) {
            lastPage = pages.computeIfAbsent(index, missing -> new Page());
            lastPageIndex = index;
        }
        return lastPage;
    }

    private void touch(
            Warp warp, Step step, Access access, int lane, long index, boolean strong, int clock, int bytes) {
        long block = warp.block().index();
        Page page = page(index);
        int cell = (int) (index & (PAGE_CELLS - 1));
        boolean isWrite = access == Access.WRITE || access == Access.ATOMIC;
        Mark lastRead = page.read[cell];
        boolean repeats = !isWrite
                && page.write[cell] == null
                && lastRead != null
                && lastRead.step.equals(step)
                && lastRead.blockIndex == block
                && lastRead.clock == clock
                && lastRead.bytes == bytes
                && !strong;
        if (repeats) {
            return; // nothing new: the same block has read it here before and nobody writes
        }
        Mark mark = new Mark(step, warp, lane, clock, strong, bytes);
        Mark lastWrite = page.write[cell];
        if (lastWrite != null) {
            compare(lastWrite, mark, index, isWrite ? "WAW" : "RAW");
        }
        Mark otherWrite = page.otherWrite[cell];
        if (otherWrite != null) {
            compare(otherWrite, mark, index, isWrite ? "WAW" : "RAW");
        }
        if (isWrite) {
            Mark otherRead = page.otherRead[cell];
            Mark readOnlyLoad = page.readOnly[cell];
            if (lastRead != null) {
                compare(lastRead, mark, index, "WAR");
            }
            if (otherRead != null) {
                compare(otherRead, mark, index, "WAR");
            }
            if (readOnlyLoad != null) {
                reportReadOnly(readOnlyLoad, mark, index);
            }
            if (lastWrite != null && (lastWrite.bytes & bytes) == 0) {
                page.otherWrite[cell] = lastWrite;
            }
            page.write[cell] = mark;
            return;
        }
        if (lastRead != null && lastRead.blockIndex != block) {
            page.otherRead[cell] = lastRead;
        }
        page.read[cell] = mark;
        if (access == Access.READ_ONLY) {
            if (lastWrite != null) {
                reportReadOnly(lastWrite, mark, index);
            }
            page.readOnly[cell] = mark;
        }
    }

    private void compare(Mark earlier, Mark now, long index, String kind) {
        boolean apart = earlier.blockIndex == now.blockIndex || (earlier.bytes & now.bytes) == 0;
        if (!races || apart || (earlier.strong && now.strong)) {
            return;
        }
        int seen = clocks(now.blockIndex).getOrDefault(earlier.blockIndex, 0);
        if (earlier.clock > seen && !findings.repeat(Check.GLOBAL_RACE, kind, earlier.step.line(), now.step.line())) {
            findings.add(Check.GLOBAL_RACE, kind, describe(now, index), earlier.place(), now.place(), HINT);
        }
    }

    private void reportReadOnly(Mark earlier, Mark now, long index) {
        boolean overlap = (earlier.bytes & now.bytes) != 0;
        if (readOnly && overlap && !findings.repeat(Check.READ_ONLY, "", earlier.step.line(), now.step.line())) {
            findings.add(Check.READ_ONLY, "", describe(now, index), earlier.place(), now.place(), READ_ONLY_HINT);
        }
    }

    private static String describe(Mark mark, long index) {
        return "global " + mark.block.launch().memory().describe(index << CELL_SHIFT);
    }
}
