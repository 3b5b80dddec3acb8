package dev.gatun.ptx.exec;

/** Room for the operands of one product of a warp: left[row][k], right[k][column], one row of sums. */
final class WarpgroupScratch {
    private static final int MOST_COLUMNS = 256;

    final float[] left = new float[16 * MatrixScratch.MOST_K];
    final float[] right = new float[MatrixScratch.MOST_K * MOST_COLUMNS];
    final float[] row = new float[MOST_COLUMNS];
}
