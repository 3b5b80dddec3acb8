package dev.gatun.sampler;

import java.util.Arrays;

/**
 * How often each token occurs: dense arrays of the distinct tokens and an open-addressing index into them. Costs grow
 * with the distinct tokens, not with the vocabulary.
 */
final class TokenCounts {
    private static final int FIRST_CAPACITY = 64;
    private static final int HASH = 0x9E3779B9;

    private int[] tokens = new int[FIRST_CAPACITY];
    private int[] counts = new int[FIRST_CAPACITY];
    private int[] generated = new int[FIRST_CAPACITY];
    private int[] index = new int[2 * FIRST_CAPACITY]; // entry + 1, or 0
    private int size;

    /** Entries, some of which may count zero. */
    int size() {
        return size;
    }

    int token(int entry) {
        return tokens[entry];
    }

    /** Occurrences in the window. */
    int count(int entry) {
        return counts[entry];
    }

    /** Those of them that were generated, not part of the prompt. */
    int generated(int entry) {
        return generated[entry];
    }

    void add(int token, boolean isGenerated) {
        int entry = entry(token);
        counts[entry]++;
        if (isGenerated) {
            generated[entry]++;
        }
    }

    void remove(int token, boolean isGenerated) {
        int entry = index[slot(token)] - 1;
        counts[entry]--;
        if (isGenerated) {
            generated[entry]--;
        }
    }

    /** Makes the count of a token at least that much. */
    void raise(int token, int count) {
        int entry = entry(token);
        counts[entry] = Math.max(counts[entry], count);
    }

    /** Becomes equal to other counts. */
    void copy(TokenCounts that) {
        if (that.tokens.length == tokens.length) {
            System.arraycopy(that.tokens, 0, tokens, 0, that.size);
            System.arraycopy(that.counts, 0, counts, 0, that.size);
            System.arraycopy(that.generated, 0, generated, 0, that.size);
            System.arraycopy(that.index, 0, index, 0, index.length);
        } else {
            tokens = that.tokens.clone();
            counts = that.counts.clone();
            generated = that.generated.clone();
            index = that.index.clone();
        }
        size = that.size;
    }

    void clear() {
        Arrays.fill(index, 0);
        size = 0;
    }

    /** The entry of a token, made if need be. */
    private int entry(int token) {
        int slot = slot(token);
        if (index[slot] == 0) {
            if (size == tokens.length) {
                rebuild();
                slot = slot(token);
            }
            tokens[size] = token;
            counts[size] = 0;
            generated[size] = 0;
            index[slot] = ++size;
        }
        return index[slot] - 1;
    }

    private int slot(int token) {
        int mask = index.length - 1;
        int slot = (token * HASH) >>> Integer.numberOfLeadingZeros(mask);
        while (index[slot] != 0 && tokens[index[slot] - 1] != token) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Drops the entries that count zero; doubles the arrays if more than half remain. */
    private void rebuild() {
        int live = 0;
        for (int entry = 0; entry < size; entry++) {
            if (counts[entry] > 0) {
                tokens[live] = tokens[entry];
                counts[live] = counts[entry];
                generated[live++] = generated[entry];
            }
        }
        size = live;
        if (2 * live > tokens.length) {
            int capacity = 2 * tokens.length;
            tokens = Arrays.copyOf(tokens, capacity);
            counts = Arrays.copyOf(counts, capacity);
            generated = Arrays.copyOf(generated, capacity);
            index = new int[2 * capacity];
        } else {
            Arrays.fill(index, 0);
        }
        for (int entry = 0; entry < size; entry++) {
            index[slot(tokens[entry])] = entry + 1;
        }
    }
}
