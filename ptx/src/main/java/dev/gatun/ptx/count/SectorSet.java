package dev.gatun.ptx.count;

import dev.gatun.ptx.exec.Watcher.Access;
import java.util.HashMap;
import java.util.Map;

/** Which sectors of global memory were touched at all, and so must cross the memory bus once. */
final class SectorSet {
    private static final int PAGE_SHIFT = 10;
    private static final int PAGE_WORDS = (1 << PAGE_SHIFT) / Long.SIZE;

    /** A bit a sector: fetched in the first half, written in the second. */
    private final Map<Long, long[]> pages = new HashMap<>();

    private long recentNumber = -1;
    private long[] recent = new long[0];
    private long fetched;
    private long written;

    void add(Access access, long[] sectors, int count) {
        boolean writes = access == Access.WRITE || access == Access.ATOMIC;
        for (int n = 0; n < count; n++) {
            if (n > 0 && sectors[n] == sectors[n - 1]) {
                continue;
            }
            long[] page = page(sectors[n] >> PAGE_SHIFT);
            int place = (int) (sectors[n] & ((1 << PAGE_SHIFT) - 1));
            int word = place / Long.SIZE;
            long bit = 1L << place;
            // What this run wrote before need not be fetched.
            if (access != Access.WRITE && ((page[word] | page[PAGE_WORDS + word]) & bit) == 0) {
                page[word] |= bit;
                fetched++;
            }
            if (writes && (page[PAGE_WORDS + word] & bit) == 0) {
                page[PAGE_WORDS + word] |= bit;
                written++;
            }
        }
    }

    private long[] page(long number) {
        if (number != recentNumber) {
            recent = pages.computeIfAbsent(number, missing -> new long[2 * PAGE_WORDS]);
            recentNumber = number;
        }
        return recent;
    }

    /** Sectors read at least once, those that were written before aside. */
    long fetched() {
        return fetched;
    }

    /** Sectors written at least once. */
    long written() {
        return written;
    }
}
