package dev.gatun.sampler;

import java.util.Arrays;

/**
 * A row of logits in which only the tokens that a constraint allows are finite: a copy of them in a row that else holds minus
 * infinity, so that few tokens cost little.
 */
final class MaskedRow {
    /** From so many tokens of a word's 64 on, all are copied and the others taken out again. */
    private static final int MANY = 16;

    private static final long[] NONE = {};

    private final TokenFilter filter;
    private final int[] ends; // allowed where the output may end, and only there
    private final float[] row;
    private long[] allowed = NONE;

    MaskedRow(TokenFilter filter, int[] ends, int vocabulary) {
        this.filter = filter;
        this.ends = ends;
        this.row = new float[vocabulary];
        Arrays.fill(row, Float.NEGATIVE_INFINITY);
    }

    TokenFilter filter() {
        return filter;
    }

    boolean isOpen() {
        return allowed.length > 0;
    }

    /** The row to choose from; to be given back by {@link #close}, with the same bits. */
    float[] open(float[] logits) {
        return open(logits, filter);
    }

    /** The row to choose from where another sequence of the same constraint stands. */
    float[] open(float[] logits, TokenFilter filter) {
        allowed = filter.allowed();
        for (int word = 0; word < allowed.length; word++) {
            long bits = allowed[word];
            if (bits != 0) {
                copy(logits, word << 6, bits);
            }
        }
        boolean mayEnd = filter.mayEnd();
        for (int end : ends) {
            row[end] = mayEnd ? logits[end] : Float.NEGATIVE_INFINITY;
        }
        return row;
    }

    private void copy(float[] logits, int from, long bits) {
        long rest = bits;
        if (Long.bitCount(bits) >= MANY) {
            int length = Math.min(Long.SIZE, row.length - from);
            System.arraycopy(logits, from, row, from, length);
            for (rest = ~bits & (-1L >>> (Long.SIZE - length)); rest != 0; rest &= rest - 1) {
                row[from + Long.numberOfTrailingZeros(rest)] = Float.NEGATIVE_INFINITY;
            }
            return;
        }
        for (; rest != 0; rest &= rest - 1) {
            int token = from + Long.numberOfTrailingZeros(rest);
            row[token] = logits[token];
        }
    }

    void close() {
        for (int word = 0; word < allowed.length; word++) {
            if (allowed[word] != 0) {
                int from = word << 6;
                Arrays.fill(row, from, Math.min(row.length, from + Long.SIZE), Float.NEGATIVE_INFINITY);
            }
        }
        for (int end : ends) {
            row[end] = Float.NEGATIVE_INFINITY;
        }
        allowed = NONE;
    }
}
