package dev.gatun.sampler.constraint;

import java.util.Arrays;

/** Pairs of a state and a frame, gathered. */
final class PairList {
    private long[] pairs = new long[8];
    private int size;

    int size() {
        return size;
    }

    void add(long pair) {
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * size);
        }
        pairs[size++] = pair;
    }

    long pop() {
        return pairs[--size];
    }

    void addAll(long[] more) {
        for (long pair : more) {
            add(pair);
        }
    }

    void clear() {
        size = 0;
    }

    long[] toArray() {
        return Arrays.copyOf(pairs, size);
    }

    /** The pairs, ascending and unique; the list is empty then. */
    long[] takeSet() {
        Arrays.sort(pairs, 0, size);
        int unique = 0;
        for (int i = 0; i < size; i++) {
            if (unique == 0 || pairs[unique - 1] != pairs[i]) {
                pairs[unique++] = pairs[i];
            }
        }
        size = 0;
        return Arrays.copyOf(pairs, unique);
    }
}
