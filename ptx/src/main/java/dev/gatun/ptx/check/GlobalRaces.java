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
    private static final int LANE_BITS = 5;
    private static final int PAGE_CELLS = 1 << PAGE_SHIFT;
    private static final int RECENT_PAGES = 64; // a power of two
    private static final Page NO_PAGE = new Page(-1);
    private static final String HINT =
            "give the blocks disjoint memory, use atom/red, or split the kernel at this point";
    private static final String READ_ONLY_HINT = "drop .nc: the read-only path may hold an old value";

    /** An access of a warp; which lane touched which bytes of a cell stands beside it. */
    private static final class Mark {
        final Step step;
        final Block block;
        final long blockIndex;
        final int warp;
        final int clock;
        final boolean strong;

        Mark(Step step, Warp warp, int clock, boolean strong) {
            this.step = step;
            this.block = warp.block();
            this.blockIndex = warp.block().index();
            this.warp = warp.index();
            this.clock = clock;
            this.strong = strong;
        }

        Place place(int lane) {
            return Place.of(step, block, blockIndex, warp, lane);
        }
    }

    /** For each cell of a stretch of memory, the last access of one kind. */
    private static final class Marks {
        final @Nullable Mark[] marks = new Mark[PAGE_CELLS];
        final short[] touches = new short[PAGE_CELLS];

        void put(int cell, Mark mark, int touch) {
            marks[cell] = mark;
            touches[cell] = (short) touch;
        }
    }

    /** For each cell of a stretch of memory its last writes of different bytes and its last reads of different blocks. */
    private static final class Page {
        final long index;
        final Marks reads = new Marks();

        @Nullable
        Marks writes;

        @Nullable
        Marks otherWrites;

        @Nullable
        Marks otherReads;

        @Nullable
        Marks readOnly;

        Page(long index) {
            this.index = index;
        }
    }

    private final Findings findings;
    private final boolean races;
    private final boolean readOnly;
    private final Map<Long, Page> pages = new HashMap<>();
    private final Page[] recent = new Page[RECENT_PAGES];
    private final Map<Long, Map<Long, Integer>> released = new HashMap<>(); // address -> block -> clock
    private final Map<Long, Map<Long, Integer>> known = new HashMap<>(); // block -> block -> clock
    private long clockBlock = -1; // whose clock is the one below
    private int blockClock;

    GlobalRaces(Findings findings, boolean races, boolean readOnly) {
        this.findings = findings;
        this.races = races;
        this.readOnly = readOnly;
        Arrays.fill(recent, NO_PAGE);
    }

    void launchStarts() {
        pages.clear();
        Arrays.fill(recent, NO_PAGE);
        released.clear();
        known.clear();
        clockBlock = -1;
    }

    private Map<Long, Integer> clocks(long block) {
        return known.computeIfAbsent(block, missing -> new HashMap<>(Map.of(block, 1)));
    }

    private int clock(long block) {
        if (block != clockBlock) {
            clockBlock = block;
            blockClock = clocks(block).getOrDefault(block, 1);
        }
        return blockClock;
    }

    void access(Warp warp, Step step, Access access, int mask, long[] at, int byteCount) {
        long block = warp.block().index();
        boolean strong = step.isStrong();
        boolean isWrite = access == Access.WRITE || access == Access.ATOMIC;
        Mark mark = new Mark(step, warp, clock(block), strong);
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) == 0) {
                continue;
            }
            if (strong) {
                synchronize(block, at[lane]);
                mark = new Mark(step, warp, clock(block), true);
            }
            long last = (at[lane] + byteCount - 1) >> CELL_SHIFT;
            Page page = NO_PAGE;
            for (long index = at[lane] >> CELL_SHIFT; index <= last; index++) {
                if (page.index != index >> PAGE_SHIFT) {
                    page = page(index >> PAGE_SHIFT);
                }
                int cell = (int) (index & (PAGE_CELLS - 1));
                int touch = touch(lane, bytes(at[lane], byteCount, index));
                if (isWrite) {
                    write(page, cell, mark, touch, index);
                } else {
                    read(page, cell, mark, touch, index, access == Access.READ_ONLY);
                }
            }
        }
    }

    /** A lane and the bytes it touched of one cell, bit 0 the first. */
    private static int touch(int lane, int bytes) {
        return (bytes << LANE_BITS) | lane;
    }

    private static int lane(int touch) {
        return touch & ((1 << LANE_BITS) - 1);
    }

    private static boolean apart(int touch, int other) {
        return ((touch & other) >> LANE_BITS) == 0;
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
        clockBlock = -1;
    }

    /** A barrier or memory barrier of a cluster orders what this block did before with what others do after. */
    void meets(long block, long key) {
        synchronize(block, -1 - key); // no address is negative
    }

    private Page page(long pageIndex) {
        int place = (int) pageIndex & (RECENT_PAGES - 1);
        if (recent[place].index != pageIndex) {
            recent[place] = pages.computeIfAbsent(pageIndex, Page::new);
        }
        return recent[place];
    }

    private void read(Page page, int cell, Mark mark, int touch, long index, boolean isReadOnly) {
        Marks writes = page.writes;
        Mark lastWrite = writes == null ? null : writes.marks[cell];
        Mark lastRead = page.reads.marks[cell];
        if (lastWrite == null && lastRead != null && lastRead.blockIndex == mark.blockIndex) {
            boolean repeats = lastRead.step.equals(mark.step)
                    && lastRead.clock == mark.clock
                    && page.reads.touches[cell] >> LANE_BITS == touch >> LANE_BITS
                    && !mark.strong;
            if (repeats) {
                return; // nothing new: the same block has read it here before and nobody writes
            }
        }
        if (writes != null && lastWrite != null) {
            compare(lastWrite, writes.touches[cell], mark, touch, index, "RAW");
        }
        compare(page.otherWrites, cell, mark, touch, index, "RAW");
        if (lastRead != null && lastRead.blockIndex != mark.blockIndex) {
            page.otherReads = orNew(page.otherReads);
            page.otherReads.put(cell, lastRead, page.reads.touches[cell]);
        }
        page.reads.put(cell, mark, touch);
        if (isReadOnly) {
            if (writes != null && lastWrite != null) {
                reportReadOnly(lastWrite, writes.touches[cell], mark, touch, index);
            }
            page.readOnly = orNew(page.readOnly);
            page.readOnly.put(cell, mark, touch);
        }
    }

    private static Marks orNew(@Nullable Marks marks) {
        return marks == null ? new Marks() : marks;
    }

    private void write(Page page, int cell, Mark mark, int touch, long index) {
        page.writes = orNew(page.writes);
        compare(page.writes, cell, mark, touch, index, "WAW");
        compare(page.otherWrites, cell, mark, touch, index, "WAW");
        compare(page.reads, cell, mark, touch, index, "WAR");
        compare(page.otherReads, cell, mark, touch, index, "WAR");
        Marks stale = page.readOnly;
        Mark earlier = stale == null ? null : stale.marks[cell];
        if (stale != null && earlier != null) {
            reportReadOnly(earlier, stale.touches[cell], mark, touch, index);
        }
        Mark lastWrite = page.writes.marks[cell];
        if (lastWrite != null && apart(page.writes.touches[cell], touch)) {
            page.otherWrites = orNew(page.otherWrites);
            page.otherWrites.put(cell, lastWrite, page.writes.touches[cell]);
        }
        page.writes.put(cell, mark, touch);
    }

    private void compare(@Nullable Marks earlier, int cell, Mark now, int touch, long index, String kind) {
        if (earlier == null) {
            return;
        }
        Mark mark = earlier.marks[cell];
        if (mark != null) {
            compare(mark, earlier.touches[cell], now, touch, index, kind);
        }
    }

    private void compare(Mark earlier, int earlierTouch, Mark now, int touch, long index, String kind) {
        boolean apart = earlier.blockIndex == now.blockIndex || apart(earlierTouch, touch);
        if (!races || apart || (earlier.strong && now.strong)) {
            return;
        }
        int seen = clocks(now.blockIndex).getOrDefault(earlier.blockIndex, 0);
        if (earlier.clock > seen && !findings.repeat(Check.GLOBAL_RACE, kind, earlier.step.line(), now.step.line())) {
            findings.add(
                    Check.GLOBAL_RACE,
                    kind,
                    describe(now, index),
                    earlier.place(lane(earlierTouch)),
                    now.place(lane(touch)),
                    HINT);
        }
    }

    private void reportReadOnly(Mark earlier, int earlierTouch, Mark now, int touch, long index) {
        if (readOnly
                && !apart(earlierTouch, touch)
                && !findings.repeat(Check.READ_ONLY, "", earlier.step.line(), now.step.line())) {
            findings.add(
                    Check.READ_ONLY,
                    "",
                    describe(now, index),
                    earlier.place(lane(earlierTouch)),
                    now.place(lane(touch)),
                    READ_ONLY_HINT);
        }
    }

    private static String describe(Mark mark, long index) {
        return "global " + mark.block.launch().memory().describe(index << CELL_SHIFT);
    }
}
