package dev.gatun.ptx.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code cp.async} operations of one warp that have been issued but not waited for.
 *
 * <p>Each lane numbers its groups; a copy belongs to the group that was open when the lane issued it.
 */
final class AsyncCopies {
    /** A copy of up to 16 bytes a lane, or (with {@code barrier} set) an arrival when all before it are done. */
    static final class Entry {
        final Step step;
        final long[] from = new long[Warp.LANES];
        final int[] to = new int[Warp.LANES];
        final int[] readBytes = new int[Warp.LANES];
        final int[] group = new int[Warp.LANES];
        final int byteCount;
        final @Nullable CopyArrival arrival;
        int lanes;

        Entry(Step step, int lanes, int byteCount, @Nullable CopyArrival arrival) {
            this.step = step;
            this.lanes = lanes;
            this.byteCount = byteCount;
            this.arrival = arrival;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final int[] openGroup = new int[Warp.LANES];

    void clear() {
        entries.clear();
        java.util.Arrays.fill(openGroup, 0);
    }

    void add(Entry entry) {
        System.arraycopy(openGroup, 0, entry.group, 0, Warp.LANES);
        entries.add(entry);
    }

    void commit(int lanes) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            openGroup[lane] += lanes >>> lane & 1;
        }
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Completes the copies of {@code lanes} but for their last {@code stillPending} committed groups. */
    void waitFor(Warp warp, int lanes, int stillPending) {
        complete(warp, lanes, -stillPending);
    }

    /** Completes all copies of {@code lanes}, committed or not. */
    void waitForAll(Warp warp, int lanes) {
        complete(warp, lanes, 1);
    }

    /** {@code reach}: groups numbered below the open one plus this are completed. */
    private void complete(Warp warp, int lanes, int reach) {
        for (int e = 0; e < entries.size(); e++) {
            Entry entry = entries.get(e);
            int due = 0;
            for (int lane = 0; lane < Warp.LANES; lane++) {
                int bit = 1 << lane;
                boolean isDue = (entry.lanes & lanes & bit) != 0 && entry.group[lane] < openGroup[lane] + reach;
                due |= isDue ? bit : 0;
            }
            if (due != 0) {
                entry.lanes &= ~due;
                perform(warp, entry, due);
            }
        }
        entries.removeIf(entry -> entry.lanes == 0);
    }

    /** Completes everything up to the last arrival at a memory barrier, for whoever looks at one. */
    void completeArrivals(Warp warp) {
        int last = -1;
        for (int e = 0; e < entries.size(); e++) {
            last = entries.get(e).arrival != null ? e : last;
        }
        for (int e = 0; e <= last; e++) {
            Entry entry = entries.get(e);
            int lanes = entry.lanes;
            entry.lanes = 0;
            perform(warp, entry, lanes);
        }
        entries.subList(0, last + 1).clear();
    }

    private static void perform(Warp warp, Entry entry, int lanes) {
        if (entry.arrival != null) {
            entry.arrival.arrive(warp, entry, lanes);
        } else {
            CopyAsync.perform(warp, entry, lanes);
        }
    }
}
