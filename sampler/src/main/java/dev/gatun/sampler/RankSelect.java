package dev.gatun.sampler;

import java.util.Arrays;

/**
 * Finds a rank, or the place where a cumulated mass crosses a target, in canonical order and without sorting.
 *
 * <p>Canonical order is that of {@link TokenKey}s: the greatest logit first, equal ones by id. A radix selection from the
 * top digit down: each pass counts what falls into 256 bins, goes on in the bin that holds the answer, and moves better
 * elements to the front and worse ones to the back. At most eight passes whatever the values, and always the same
 * order of additions.
 */
final class RankSelect {
    private static final int DIGIT_BITS = 8;
    private static final int BINS = 1 << DIGIT_BITS;
    private static final int TOP_SHIFT = Long.SIZE - DIGIT_BITS;
    private static final int FEW = 32; // as many are sorted by insertion

    private final int[] counts = new int[BINS];
    private final double[] masses = new double[BINS];
    private int less; // first index of the middle part after a partition
    private int more; // first index behind it

    /** Moves the best {@code rank} of {@code size} elements to the front; the last of them is the worst of them. */
    void byCount(long[] keys, double[] weights, int size, int rank) {
        int from = 0;
        int to = size;
        for (int shift = TOP_SHIFT; to - from > FEW && shift >= 0; shift -= DIGIT_BITS) {
            Arrays.fill(counts, 0);
            for (int i = from; i < to; i++) {
                counts[digit(keys[i], shift)]++;
            }
            int bin = 0;
            int before = from;
            while (before + counts[bin] < rank) {
                before += counts[bin++];
            }
            partition(keys, weights, from, to, shift, bin);
            from = less;
            to = more;
        }
        sort(keys, weights, from, to);
    }

    /**
     * Moves the shortest canonical prefix whose mass reaches {@code target} to the front and returns its length, at least
     * 1. Its last element is the worst of it. Where rounding keeps the sum below the target, the prefix ends with the last
     * element of positive mass.
     *
     * @param exceed whether the mass must exceed the target, not only reach it
     */
    int byMass(long[] keys, double[] weights, int size, double target, boolean exceed) {
        int from = 0;
        int to = size;
        double before = 0;
        for (int shift = TOP_SHIFT; to - from > FEW && shift >= 0; shift -= DIGIT_BITS) {
            Arrays.fill(counts, 0);
            Arrays.fill(masses, 0);
            for (int i = from; i < to; i++) {
                int digit = digit(keys[i], shift);
                counts[digit]++;
                masses[digit] += weights[i];
            }
            int bin = -1;
            double beforeBin = before;
            for (int b = 0; b < BINS; b++) {
                if (masses[b] > 0) {
                    bin = b;
                    beforeBin = before;
                    before += masses[b];
                    if (crosses(before, target, exceed)) {
                        break;
                    }
                }
            }
            if (bin < 0) {
                break;
            }
            before = beforeBin;
            partition(keys, weights, from, to, shift, bin);
            from = less;
            to = more;
        }
        sort(keys, weights, from, to);
        int length = from + 1;
        for (int i = from; i < to; i++) {
            if (weights[i] > 0) {
                length = i + 1;
                before += weights[i];
                if (crosses(before, target, exceed)) {
                    break;
                }
            }
        }
        return length;
    }

    private static boolean crosses(double mass, double target, boolean exceed) {
        return exceed ? mass > target : mass >= target;
    }

    private static int digit(long key, int shift) {
        return (int) (key >>> shift) & (BINS - 1);
    }

    /** Sorts [from, to) into digits below, at and above the bin; sets {@link #less} and {@link #more}. */
    private void partition(long[] keys, double[] weights, int from, int to, int shift, int bin) {
        int low = from;
        int high = to;
        for (int i = from; i < high; ) {
            int digit = digit(keys[i], shift);
            if (digit < bin) {
                swap(keys, weights, i++, low++);
            } else if (digit > bin) {
                swap(keys, weights, i, --high);
            } else {
                i++;
            }
        }
        less = low;
        more = high;
    }

    private static void swap(long[] keys, double[] weights, int i, int j) {
        long key = keys[i];
        keys[i] = keys[j];
        keys[j] = key;
        double weight = weights[i];
        weights[i] = weights[j];
        weights[j] = weight;
    }

    /** Insertion: for few elements. */
    static void sort(long[] keys, double[] weights, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            long key = keys[i];
            double weight = weights[i];
            int j = i - 1;
            for (; j >= from && Long.compareUnsigned(keys[j], key) > 0; j--) {
                keys[j + 1] = keys[j];
                weights[j + 1] = weights[j];
            }
            keys[j + 1] = key;
            weights[j + 1] = weight;
        }
    }
}
