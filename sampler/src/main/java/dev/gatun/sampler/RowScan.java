package dev.gatun.sampler;

/**
 * The passes over a whole row of logits. Every implementation gives the same bits: sums are taken in {@value #LANES}
 * lanes, token i in lane i mod {@value #LANES}, and the lanes are added first to last.
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

    /** The sum of e^((x - max) * scale), in double. */
    double mass(float[] row, int length, float max, double scale);
}
