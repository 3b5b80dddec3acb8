package dev.gatun.sampler;

import java.util.Arrays;
import java.util.Objects;

/** The tokens of one sequence: the prompt, then what was generated. */
public final class History {
    private static final int FIRST_CAPACITY = 256;

    private final int window;
    private final boolean counting;
    private final TokenCounts counts = new TokenCounts();
    private int[] tokens = new int[FIRST_CAPACITY];
    private int length;
    private int promptLength;

    /**
     * @param window the last tokens that count for penalties; negative for all
     * @param counting whether anybody asks for counts
     */
    History(int window, boolean counting) {
        this.window = window;
        this.counting = counting && window != 0;
    }

    /** All tokens, prompt included. */
    public int length() {
        return length;
    }

    /** Tokens generated so far. */
    public int generated() {
        return length - promptLength;
    }

    /** The token at an index; 0 is the prompt's first. */
    public int token(int index) {
        return tokens[Objects.checkIndex(index, length)];
    }

    /** The token at an index from the end; 0 is the newest. */
    public int fromEnd(int index) {
        return tokens[length - 1 - Objects.checkIndex(index, length)];
    }

    /** Whether the last tokens are the first {@code count} of a sequence. */
    public boolean endsWith(int[] sequence, int count) {
        if (count > length) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (tokens[length - count + i] != sequence[i]) {
                return false;
            }
        }
        return true;
    }

    /** The distinct tokens in the window. */
    TokenCounts counts() {
        return counts;
    }

    void prompt(int[] prompt, int promptTokens) {
        reserve(length + promptTokens);
        for (int i = 0; i < promptTokens; i++) {
            append(prompt[i], false);
        }
        promptLength = length;
    }

    void add(int token) {
        append(token, true);
    }

    /** Becomes equal to another history of the same window. */
    void copy(History that) {
        reserve(that.length);
        System.arraycopy(that.tokens, 0, tokens, 0, that.length);
        length = that.length;
        promptLength = that.promptLength;
        counts.copy(that.counts);
    }

    /** Makes room for so many tokens in all. */
    void reserve(int capacity) {
        if (capacity > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(capacity, 2 * tokens.length));
        }
    }

    private void append(int token, boolean isGenerated) {
        reserve(length + 1);
        tokens[length++] = token;
        if (counting) {
            counts.add(token, isGenerated);
            int leaving = length - 1 - window;
            if (window > 0 && leaving >= 0) {
                counts.remove(tokens[leaving], leaving >= promptLength && isGenerated);
            }
        }
    }
}
