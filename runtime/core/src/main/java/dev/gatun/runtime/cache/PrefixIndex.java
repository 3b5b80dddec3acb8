package dev.gatun.runtime.cache;

import dev.gatun.kernels.KvLayer;
import java.util.Arrays;

/**
 * Finds the page that holds given 64 tokens after a given page: a prefix tree over page-sized blocks, kept as one hash
 * table with open addressing (linear probing, deletion by shifting back).
 *
 * <p>A node is named by a serial number that is never used again, so a page whose parent was evicted can not be reached
 * through another page that took the parent's place.
 */
final class PrefixIndex {
    private static final int BLOCK = KvLayer.PAGE_TOKENS;
    private static final int NONE = -1;

    private final int[] table; // page, or NONE
    private final int mask;
    private final int[] blocks; // [page][64 tokens]
    private final long[] serial; // 0: not in the table
    private final long[] parent; // serial of the page before, 0 at the start
    private long nextSerial = 1;

    PrefixIndex(int pages) {
        int capacity = Math.max(4, Integer.highestOneBit(Math.multiplyExact(pages, 2) - 1) << 1);
        this.table = new int[capacity];
        this.mask = capacity - 1;
        this.blocks = new int[Math.multiplyExact(pages, BLOCK)];
        this.serial = new long[pages];
        this.parent = new long[pages];
        Arrays.fill(table, NONE);
    }

    int find(int previousPage, int[] tokens, int offset) {
        return table[slot(parentSerial(previousPage), tokens, offset)];
    }

    int add(int page, int previousPage, int[] tokens, int offset) {
        if (serial[page] != 0) {
            throw new IllegalStateException("page published twice: page=" + page);
        }
        long parentSerial = parentSerial(previousPage);
        int slot = slot(parentSerial, tokens, offset);
        if (table[slot] != NONE) {
            return table[slot];
        }
        System.arraycopy(tokens, offset, blocks, page * BLOCK, BLOCK);
        parent[page] = parentSerial;
        serial[page] = nextSerial++;
        table[slot] = page;
        return page;
    }

    void forget(int page) {
        if (serial[page] == 0) {
            return;
        }
        int hole = slot(parent[page], blocks, page * BLOCK);
        serial[page] = 0;
        table[hole] = NONE;
        for (int i = (hole + 1) & mask; table[i] != NONE; i = (i + 1) & mask) {
            int moved = table[i];
            int home = hash(parent[moved], blocks, moved * BLOCK);
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                table[hole] = moved;
                table[i] = NONE;
                hole = i;
            }
        }
    }

    private long parentSerial(int previousPage) {
        if (previousPage == NONE) {
            return 0;
        }
        if (serial[previousPage] == 0) {
            throw new IllegalStateException("the page before is not published: page=" + previousPage);
        }
        return serial[previousPage];
    }

    /** Where the entry is, or the empty slot where it would be put. */
    private int slot(long parentSerial, int[] tokens, int offset) {
        int i = hash(parentSerial, tokens, offset);
        while (table[i] != NONE && !holds(table[i], parentSerial, tokens, offset)) {
            i = (i + 1) & mask;
        }
        return i;
    }

    private boolean holds(int page, long parentSerial, int[] tokens, int offset) {
        int from = page * BLOCK;
        return parent[page] == parentSerial
                && Arrays.equals(blocks, from, from + BLOCK, tokens, offset, offset + BLOCK);
    }

    private int hash(long parentSerial, int[] tokens, int offset) {
        long h = parentSerial * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < BLOCK; i++) {
            h = (h ^ tokens[offset + i]) * 0xD6E8FEB86659FD93L;
            h ^= h >>> 32;
        }
        return (int) h & mask;
    }
}
