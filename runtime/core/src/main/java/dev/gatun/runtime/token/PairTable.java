package dev.gatun.runtime.token;

import java.util.Arrays;

/** From a pair of neighbouring ids to a number: open addressing, grown as it fills. */
final class PairTable {
    private static final long EMPTY = -1;

    /** Key and value by turns, so that a look-up touches one place in memory. */
    private long[] entries;

    private int size;

    PairTable(int expected) {
        int capacity = 16;
        while (isFull(expected, capacity)) {
            capacity *= 2;
        }
        entries = new long[2 * capacity];
        Arrays.fill(entries, EMPTY);
    }

    /** Enters a value for a pair of ids at least 0, unless the pair is in already. */
    void add(int left, int right, long value) {
        if (isFull(size + 1, entries.length / 2)) {
            grow();
        }
        long key = key(left, right);
        int slot = slot(key);
        if (entries[slot] == EMPTY) {
            entries[slot] = key;
            entries[slot + 1] = value;
            size++;
        }
    }

    /** The value of a pair, or {@code absent}. */
    long find(int left, int right, long absent) {
        int slot = slot(key(left, right));
        return entries[slot] == EMPTY ? absent : entries[slot + 1];
    }

    private static boolean isFull(int size, int capacity) {
        return 5L * size > 3L * capacity;
    }

    private static long key(int left, int right) {
        return ((long) left << 32) | right;
    }

    private int slot(long key) {
        int mask = entries.length - 2;
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed ^ (mixed >>> 32)) & mask;
        while (entries[slot] != key && entries[slot] != EMPTY) {
            slot = (slot + 2) & mask;
        }
        return slot;
    }

    private void grow() {
        PairTable wider = new PairTable(entries.length / 2);
        for (int i = 0; i < entries.length; i += 2) {
            if (entries[i] != EMPTY) {
                wider.add((int) (entries[i] >>> 32), (int) entries[i], entries[i + 1]);
            }
        }
        entries = wider.entries;
    }
}
