package dev.gatun.sampler;

import java.util.Arrays;
import java.util.Objects;

/**
 * A row of logits under edit: writes go to the row itself and are undone, bit for bit, once a token is chosen.
 *
 * <p>Undoing costs as much as was written, so an edit should touch few tokens.
 */
public final class Logits {
    private static final int FIRST_CAPACITY = 256;
    private static final float[] NONE = {};

    private final int vocabulary;
    private float[] row = NONE;
    private int[] tokens = new int[FIRST_CAPACITY];
    private float[] values = new float[FIRST_CAPACITY];
    private int writes;

    Logits(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** Tokens are 0 up to, but not including, this. */
    public int vocabulary() {
        return vocabulary;
    }

    /** The logit of a token, as edited so far. */
    public float get(int token) {
        return row[Objects.checkIndex(token, vocabulary)];
    }

    /** Replaces the logit of a token. NaN or plus infinity makes the choice fail; minus infinity forbids the token. */
    public void set(int token, float logit) {
        if (writes == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * writes);
            values = Arrays.copyOf(values, 2 * writes);
        }
        float value = get(token);
        tokens[writes] = token;
        values[writes++] = value;
        // NaN and plus infinity stay: masking them must not hide that the model is broken.
        row[token] = value <= Float.MAX_VALUE ? logit : value;
    }

    int writes() {
        return writes;
    }

    /** The token of a write, in order. */
    int written(int write) {
        return tokens[write];
    }

    /** The logit that a write replaced. */
    float replaced(int write) {
        return values[write];
    }

    /** Adds to the logit of a token. */
    public void add(int token, float amount) {
        set(token, get(token) + amount);
    }

    /** Forbids a token. */
    public void mask(int token) {
        set(token, Float.NEGATIVE_INFINITY);
    }

    void open(float[] row) {
        this.row = row;
        writes = 0;
    }

    void revert() {
        while (writes > 0) {
            writes--;
            row[tokens[writes]] = values[writes];
        }
        row = NONE;
    }
}
