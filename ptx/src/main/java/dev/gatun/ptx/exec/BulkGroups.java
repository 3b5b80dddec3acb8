package dev.gatun.ptx.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bulk copies of one warp that are waited for by group, each in the group that its lane had open. */
final class BulkGroups {
    private record Entry(BulkCopy copy, int group) {}

    private final List<Entry> entries = new ArrayList<>();
    private final int[] openGroup = new int[Warp.LANES];

    void clear() {
        entries.clear();
        Arrays.fill(openGroup, 0);
    }

    void add(BulkCopy copy) {
        entries.add(new Entry(copy, openGroup[copy.lane]));
    }

    void commit(int lanes) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            openGroup[lane] += lanes >>> lane & 1;
        }
    }

    /** Completes all but the last {@code stillPending} committed groups of {@code lanes}, or only their reading. */
    void await(int lanes, int stillPending, boolean onlyReading) {
        for (Entry entry : entries) {
            if (isDue(entry, lanes, stillPending)) {
                if (onlyReading) {
                    entry.copy.take(true);
                } else {
                    entry.copy.land(true);
                }
            }
        }
        if (!onlyReading) {
            entries.removeIf(entry -> isDue(entry, lanes, stillPending));
        }
    }

    private boolean isDue(Entry entry, int lanes, int stillPending) {
        int lane = entry.copy.lane;
        return (lanes >>> lane & 1) != 0 && entry.group < openGroup[lane] - stillPending;
    }

    /** Lets all land that nobody waited for: the block ends. */
    void finish() {
        entries.forEach(entry -> entry.copy.land(false));
        entries.clear();
    }
}
