package dev.gatun.ptx.exec;

/** Room for the operands of one matrix instruction: a[row][k], b[k][column] (integers and doubles: b[column][k]). */
final class MatrixScratch {
    static final int MOST_K = 32;

    final float[] a = new float[16 * MOST_K];
    final float[] b = new float[8 * MOST_K];
    final int[] integerA = new int[16 * MOST_K];
    final int[] integerB = new int[8 * MOST_K];
    final double[] doubleA = new double[16 * MOST_K];
    final double[] doubleB = new double[8 * MOST_K];
    final float[] sums = new float[8];
    final int[] rows = new int[Warp.LANES];
}
