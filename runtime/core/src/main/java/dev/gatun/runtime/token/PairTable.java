package dev.gatun.runtime.token;

import java.util.Arrays;

/** From a pair of neighbouring ids to a number: open addressing, grown as it fills. */
final class PairTable {
    private static final long EMPTY = -1;

    private long[] keys;
    private long[] values;
    private int size;

    PairTable(int expected) {
        int capacity = Integer.highestOneBit(Math.max(8, expected)) << 2;
        keys = new long[capacity];
        values = new long[capacity];
        Arrays.fill(keys, EMPTY);
    }

    /** Enters a value for a pair of ids at least 0, unless the pair is in already. */
    void add(int left, int right, long value) {
        if (size * 2 >= keys.length) {
            grow();
        }
        long key = key(left, right);
        int slot = slot(key);
        if (keys[slot] == EMPTY) {
            keys[slot] = key;
            values[slot] = value;
            size++;
        }
    }

    /** The value of a pair, or {@code absent}. */
    long find(int left, int right, long absent) {
        int slot = slot(key(left, right));
        return keys[slot] == EMPTY ? absent : values[slot];
    }

    private static long key(int left, int right) {
        return ((long) left << 32) | right;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed ^ (mixed >>> 32)) & mask;
        while (keys[slot] != key && keys[slot] != EMPTY) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        PairTable wider = new PairTable(keys.length);
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != EMPTY) {
                wider.add((int) (keys[i] >>> 32), (int) keys[i], values[i]);
            }
        }
        keys = wider.keys;
        values = wider.values;
    }
}
