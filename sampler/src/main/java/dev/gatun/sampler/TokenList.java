package dev.gatun.sampler;

import java.util.Arrays;

/**
 * Tokens with their logits and weights, in no particular order until asked for a prefix in canonical order.
 *
 * <p>Its arrays grow and are never replaced by smaller ones.
 */
final class TokenList {
    private static final int FIRST_CAPACITY = 1024;

    private final RankSelect select = new RankSelect();
    private long[] keys = new long[FIRST_CAPACITY];
    private double[] weights = new double[FIRST_CAPACITY];
    private int size;

    int size() {
        return size;
    }

    int token(int index) {
        return TokenKey.token(keys[index]);
    }

    float logit(int index) {
        return TokenKey.logit(keys[index]);
    }

    double weight(int index) {
        return weights[index];
    }

    void clear() {
        size = 0;
    }

    /** Lists the tokens of [from, to) with a logit of at least {@code least}. */
    void addAll(float[] row, int from, int to, float least) {
        reserve(size + to - from);
        int count = size;
        for (int token = from; token < to; token++) {
            if (row[token] >= least) {
                keys[count++] = TokenKey.of(row[token], token);
            }
        }
        size = count;
    }

    /** Lists the tokens from {@code from} on for which a bit is set. */
    void addBlock(float[] row, int from, long bits) {
        reserve(size + Long.SIZE);
        int count = size;
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int token = from + Long.numberOfTrailingZeros(rest);
            keys[count++] = TokenKey.of(row[token], token);
        }
        size = count;
    }

    /** Weighs each token e^((logit - max) * scale) and returns the sum. */
    double weigh(float max, double scale) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double weight = Exponential.exp(((double) TokenKey.logit(keys[i]) - max) * scale);
            weights[i] = weight;
            sum += weight;
        }
        return sum;
    }

    /** The weight of the first {@code count} tokens. */
    double mass(int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /** The greatest logit. */
    float max() {
        long best = keys[0];
        for (int i = 1; i < size; i++) {
            best = Long.compareUnsigned(keys[i], best) < 0 ? keys[i] : best;
        }
        return TokenKey.logit(best);
    }

    /** The population standard deviation of the logits. */
    double deviation() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += logit(i);
        }
        double mean = sum / size;
        double squares = 0;
        for (int i = 0; i < size; i++) {
            double difference = logit(i) - mean;
            squares += difference * difference;
        }
        return Math.sqrt(squares / size);
    }

    /** Drops the tokens with a logit below {@code least}. */
    void keepAtLeast(float least) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (logit(i) >= least) {
                keys[kept] = keys[i];
                weights[kept++] = weights[i];
            }
        }
        size = kept;
    }

    /** Drops the tokens for which {@code order}, one number a token, is above {@code most} as an unsigned number. */
    void keepAtMost(long[] order, long most) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (Long.compareUnsigned(order[i], most) <= 0) {
                keys[kept] = keys[i];
                weights[kept++] = weights[i];
            }
        }
        size = kept;
    }

    /** Of the tokens with a logit of at least {@code least}, drops all but the last in canonical order. */
    void dropAllButWorst(float least) {
        long worst = 0;
        for (int i = 0; i < size; i++) {
            if (logit(i) >= least && Long.compareUnsigned(keys[i], worst) > 0) {
                worst = keys[i];
            }
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (Long.compareUnsigned(keys[i], worst) >= 0) {
                keys[kept] = keys[i];
                weights[kept++] = weights[i];
            }
        }
        size = kept;
    }

    /** Moves the best tokens to the front; the last of that prefix is its worst. Returns how many there are. */
    int selectBest(int count) {
        if (count < size) {
            select.byCount(keys, weights, size, count);
            return count;
        }
        return size;
    }

    /** Moves the best tokens to the front, sorted. Returns how many there are. */
    int sortBest(int count) {
        int found = selectBest(count);
        RankSelect.sort(keys, weights, 0, found);
        return found;
    }

    /** Moves the shortest canonical prefix of that mass to the front; see {@link RankSelect#byMass}. */
    int selectMass(double target, boolean exceed) {
        return select.byMass(keys, weights, size, target, exceed);
    }

    /** Drops all tokens behind the first {@code count}. */
    void truncate(int count) {
        size = count;
    }

    private void reserve(int capacity) {
        if (capacity > keys.length) {
            int length = Math.max(capacity, 2 * keys.length);
            keys = Arrays.copyOf(keys, length);
            weights = Arrays.copyOf(weights, length);
        }
    }
}
