package dev.gatun.sampler;

/**
 * The passes over a whole row of logits. Every implementation gives the same bits: sums are taken in {@value #LANES}
 * lanes, token i in lane i mod {@value #LANES}, and the lanes are added first to last.
 *
 * <p>An exponent below {@link Exponential#FLOOR} counts as that: 1e-307, which is lost beside the maximum's 1.
 *
 * <p>An instance belongs to one sampler; it may hold scratch space.
 */
interface RowScan {
    /** Tokens that share one entry of the block maxima. */
    int BLOCK = 64;

    int LANES = 16;

    static int blocks(int length) {
        return (length + BLOCK - 1) / BLOCK;
    }

    String description();

    /** Stores the greatest logit of each block and returns the greatest of all; NaN if any logit is. */
    float maxima(float[] row, int length, float[] maxima);

    /** Which of the {@value #BLOCK} logits from {@code from} on are at least {@code least}: bit i for logit from + i. */
    long atLeast(float[] row, int from, float least);

    /** The sum of e^((x - max) * scale), in double. */
    double mass(float[] row, int length, float max, double scale);

    /** The sum of w ln w over the weights w = e^((x - max) * scale), in double. */
    double moment(float[] row, int length, float max, double scale);

    /** The population standard deviation of the logits above minus infinity. */
    double deviation(float[] row, int length);

    /** Logits above minus infinity. */
    static int finite(float[] row, int length) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            count += row[i] > Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        return count;
    }
}
