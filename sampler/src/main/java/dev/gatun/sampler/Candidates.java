package dev.gatun.sampler;

import java.util.Arrays;

/**
 * The tokens that may still be chosen, and their law: token i weighs e^((x[i] - max) * scale).
 *
 * <p>At first that is the whole row, which is not copied. The first cut that takes tokens away collects the survivors,
 * found through the maxima of blocks, so that most of the row is never looked at again. Nothing is ever sorted as a
 * whole: cuts and the draw select ranks and masses.
 *
 * <p>Arrays grow to the greatest number of survivors seen and stay.
 */
final class Candidates {
    private static final int FIRST_CAPACITY = 1024;
    /** How far below the maximum, in units of the exponent, survivors are looked for first, and where they end. */
    private static final double FIRST_DEPTH = -8;

    private static final double DEEPEST = 2 * Exponential.FLOOR;

    private final RowScan scan;
    private final int vocabulary;
    private final float[] maxima; // [blocks]
    private final RankSelect select = new RankSelect();
    private long[] keys = new long[FIRST_CAPACITY];
    private double[] weights = new double[FIRST_CAPACITY];
    private int size;
    private float[] row = {};
    private float max;
    private double scale;
    private boolean whole;
    private boolean weighed; // weights are those of keys
    private double mass; // of all survivors, or negative if not known

    Candidates(RowScan scan, int vocabulary) {
        this.scan = scan;
        this.vocabulary = vocabulary;
        this.maxima = new float[RowScan.blocks(vocabulary)];
    }

    /** Starts with every token of a row and returns its greatest logit: NaN if any is. */
    float open(float[] row) {
        this.row = row;
        max = scan.maxima(row, vocabulary, maxima);
        scale = 1;
        whole = true;
        changed();
        return max;
    }

    /** The token of the greatest logit in the row; among equals the lowest. */
    int best() {
        int block = 0;
        while (maxima[block] != max) {
            block++;
        }
        int token = block * RowScan.BLOCK;
        while (row[token] != max) {
            token++;
        }
        return token;
    }

    /** Multiplies all logits by a positive factor. */
    void scale(double factor) {
        scale = Math.min(scale * factor, Double.MAX_VALUE);
        changed();
    }

    /** The sum of all survivors' weights. */
    double mass() {
        if (mass < 0) {
            if (!whole) {
                weigh();
            }
            mass = whole ? scan.mass(row, vocabulary, max, scale) : listMass();
        }
        return mass;
    }

    /** Keeps the k best. */
    void keepBest(int k) {
        if (whole) {
            if (k >= vocabulary) {
                return;
            }
            gather(k > maxima.length ? -Float.MAX_VALUE : rankOfMaxima(k));
            whole = false;
        }
        if (k < size) {
            select.byCount(keys, weights, size, k);
            size = k;
            mass = -1;
        }
    }

    /** Keeps the tokens with (x - max) * scale of at least {@code floor}, which is at most 0. */
    void keepAtLeast(double floor) {
        float least = leastLogit(floor);
        if (whole) {
            gather(least);
            whole = false;
            return;
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (TokenKey.logit(keys[i]) >= least) {
                keys[kept] = keys[i];
                weights[kept++] = weights[i];
            }
        }
        size = kept;
        mass = -1;
    }

    /** Keeps each token above which lies less than the share {@code p} of the mass. */
    void keepMass(double p) {
        double target = p * mass();
        size = prefix(target, false);
        whole = false;
        mass = -1;
    }

    /** The token at which the mass, cumulated in canonical order, first exceeds the share {@code u} of all, u in [0, 1). */
    int draw(double u) {
        double target = u * mass();
        int length = prefix(target, true); // may replace the arrays
        return TokenKey.token(keys[length - 1]);
    }

    /** The probability of a token; 0 if it was taken away. */
    double probability(int token) {
        if (whole) {
            return Exponential.exp(exponent(row[token])) / mass();
        }
        double sum = mass();
        for (int i = 0; i < size; i++) {
            if (TokenKey.token(keys[i]) == token) {
                return weights[i] / sum;
            }
        }
        return 0;
    }

    // ---- the list of survivors

    /** Moves the shortest canonical prefix of that mass to the front of the list; collects enough of a whole row first. */
    private int prefix(double target, boolean exceed) {
        if (whole) {
            double depth = FIRST_DEPTH;
            gather(leastLogit(depth));
            weigh();
            while (depth > DEEPEST && listMass() <= target) {
                depth *= 4;
                gather(leastLogit(depth));
                weigh();
            }
        } else {
            weigh();
        }
        return select.byMass(keys, weights, size, target, exceed);
    }

    /** Lists all tokens with a logit of at least {@code least}. */
    private void gather(float least) {
        int count = 0;
        for (int block = 0; block < maxima.length; block++) {
            if (maxima[block] >= least) {
                reserve(count + RowScan.BLOCK);
                int from = block * RowScan.BLOCK;
                int to = Math.min(vocabulary, from + RowScan.BLOCK);
                for (int token = from; token < to; token++) {
                    if (row[token] >= least) {
                        keys[count++] = TokenKey.of(row[token], token);
                    }
                }
            }
        }
        size = count;
        weighed = false;
    }

    /** The k-th greatest of the block maxima: at least k tokens reach it. */
    private float rankOfMaxima(int k) {
        reserve(maxima.length);
        for (int block = 0; block < maxima.length; block++) {
            keys[block] = TokenKey.of(maxima[block], block);
        }
        select.byCount(keys, weights, maxima.length, k);
        return Math.max(TokenKey.logit(keys[k - 1]), -Float.MAX_VALUE);
    }

    private void reserve(int capacity) {
        if (capacity > keys.length) {
            int length = Math.max(capacity, 2 * keys.length);
            keys = Arrays.copyOf(keys, length);
            weights = new double[length];
        }
    }

    private void weigh() {
        if (!weighed) {
            for (int i = 0; i < size; i++) {
                weights[i] = Exponential.exp(exponent(TokenKey.logit(keys[i])));
            }
            weighed = true;
        }
    }

    private double listMass() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += weights[i];
        }
        return sum;
    }

    private double exponent(float logit) {
        return ((double) logit - max) * scale;
    }

    /** The least finite logit that is no less than max + floor / scale. */
    private float leastLogit(double floor) {
        double bound = max + floor / scale;
        float least = Math.max((float) bound, -Float.MAX_VALUE);
        return least < bound ? Math.nextUp(least) : least;
    }

    private void changed() {
        weighed = false;
        mass = -1;
    }
}
