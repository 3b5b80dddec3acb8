package dev.gatun.runtime.token;

/** From the bytes of a token to its id: open addressing over the spellings of a {@link Vocabulary}. */
final class SpellingTable {
    private final byte[] bytes;
    private final int[] offsets;
    private final int[] slots;
    private final int[] hashes;

    /**
     * @param bytes all spellings
     * @param offsets token i spells {@code bytes[offsets[i]..offsets[i + 1])}
     */
    SpellingTable(byte[] bytes, int[] offsets) {
        this.bytes = bytes;
        this.offsets = offsets;
        int capacity = Integer.highestOneBit(Math.max(8, offsets.length)) << 2;
        slots = new int[capacity];
        hashes = new int[capacity];
    }

    /** Enters token {@code id}, unless a token of the same spelling is in already. */
    void add(int id) {
        int from = offsets[id];
        int to = offsets[id + 1];
        int hash = hash(bytes, from, to);
        int slot = slot(hash, bytes, from, to);
        if (slots[slot] == 0) {
            slots[slot] = id + 1;
            hashes[slot] = hash;
        }
    }

    /** The token spelled {@code text[from..to)}, or -1. */
    int find(byte[] text, int from, int to) {
        return slots[slot(hash(text, from, to), text, from, to)] - 1;
    }

    private int slot(int hash, byte[] text, int from, int to) {
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0 && !(hashes[slot] == hash && equal(slots[slot] - 1, text, from, to))) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean equal(int id, byte[] text, int from, int to) {
        int start = offsets[id];
        int length = to - from;
        if (offsets[id + 1] - start != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[start + i] != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static int hash(byte[] text, int from, int to) {
        long hash = 0xCBF29CE484222325L ^ (to - from);
        for (int i = from; i < to; i++) {
            hash = (hash ^ text[i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash ^ (hash >>> 32));
    }
}
