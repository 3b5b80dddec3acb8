package dev.gatun.runtime.engine;

import dev.gatun.sampler.Logprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The log-probabilities of one token after another. Written by the engine's thread, read by any. Allocates only when it
 * grows and when it is read.
 */
final class LogprobLog {
    private final int most; // best tokens at each place, or -1 to keep nothing
    private int[] tokens;
    private double[] logprobs;
    private int[] counts;
    private int[] bestTokens; // [place][most]
    private double[] bestLogprobs;
    private int length;

    private LogprobLog(int most, int capacity) {
        this.most = most;
        this.tokens = new int[capacity];
        this.logprobs = new double[capacity];
        this.counts = new int[capacity];
        this.bestTokens = new int[capacity * Math.max(0, most)];
        this.bestLogprobs = new double[capacity * Math.max(0, most)];
    }

    /** One that keeps nothing. */
    static LogprobLog none() {
        return new LogprobLog(-1, 0);
    }

    /** One that keeps so many of the best tokens at each place, with room for {@code capacity} places before it grows. */
    static LogprobLog of(int most, int capacity) {
        return new LogprobLog(most, capacity);
    }

    synchronized void add(Logprobs report) {
        if (most < 0) {
            return;
        }
        if (length == tokens.length) {
            grow(2 * length + 1);
        }
        tokens[length] = report.token();
        logprobs[length] = report.logprob();
        counts[length] = Math.min(most, report.count());
        for (int rank = 0; rank < counts[length]; rank++) {
            bestTokens[length * most + rank] = report.token(rank);
            bestLogprobs[length * most + rank] = report.logprob(rank);
        }
        length++;
    }

    /**
     * Adds what a log of places kept.
     *
     * @param offset index of the place's best tokens
     * @param count how many of them there are, at most as many as this log keeps
     */
    synchronized void add(int token, double logprob, int[] best, double[] values, int offset, int count) {
        if (most < 0) {
            return;
        }
        if (length == tokens.length) {
            grow(2 * length + 1);
        }
        tokens[length] = token;
        logprobs[length] = logprob;
        counts[length] = count;
        System.arraycopy(best, offset, bestTokens, length * most, count);
        System.arraycopy(values, offset, bestLogprobs, length * most, count);
        length++;
    }

    private void grow(int capacity) {
        tokens = Arrays.copyOf(tokens, capacity);
        logprobs = Arrays.copyOf(logprobs, capacity);
        counts = Arrays.copyOf(counts, capacity);
        bestTokens = Arrays.copyOf(bestTokens, capacity * most);
        bestLogprobs = Arrays.copyOf(bestLogprobs, capacity * most);
    }

    List<TokenLogprobs> read() {
        return read(0);
    }

    /** Those from place {@code from} on. */
    synchronized List<TokenLogprobs> read(int from) {
        List<TokenLogprobs> all = new ArrayList<>(Math.max(0, length - from));
        for (int i = from; i < length; i++) {
            List<TokenLogprobs.Entry> top = new ArrayList<>(counts[i]);
            for (int rank = 0; rank < counts[i]; rank++) {
                top.add(new TokenLogprobs.Entry(bestTokens[i * most + rank], bestLogprobs[i * most + rank]));
            }
            all.add(new TokenLogprobs(tokens[i], logprobs[i], List.copyOf(top)));
        }
        return List.copyOf(all);
    }
}
