package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.function.Supplier;

/**
 * How far float32 arithmetic may be from the definition, derived from the standard model (Higham, "Accuracy and Stability
 * of Numerical Algorithms", 2002, section 3.1): with {@code n} roundings on the way of a term, the sum of terms {@code t}
 * is wrong by at most {@code gamma(n) * sum |t|}, whatever the order, plus half the least denormal for each operation that
 * underflows.
 */
final class Tolerance {
    /** Unit roundoff of float32. */
    static final double ROUNDOFF = 0x1p-24;

    /** The least positive float32. */
    static final double LEAST = 0x1p-149;

    /** Relative error that a backend's exponential may have (see {@code Lanes}). */
    static final double EXP = 0x1p-21;

    /** {@code e^-87}: what an exponential may return for anything smaller. */
    static final double LEAST_EXP = 1.7e-38;

    private Tolerance() {}

    /** Relative error after {@code roundings} roundings. */
    static double gamma(int roundings) {
        return roundings * ROUNDOFF / (1 - roundings * ROUNDOFF);
    }

    /**
     * For {@link Backend#matmul}, as {@code [rows][out]}. Each of the {@code columns} products is rounded once and joins a
     * running sum; the sum of a group is multiplied by the product of two scales and added, and so is its minimum: {@code
     * columns + 2 * groups + 4} roundings at most. The definition itself rounds each weight once and the result once: 2.
     *
     * <p>In int8 mode the numbers summed are {@code scale * code}, which are up to half a scale (max / 254) larger than
     * {@code |x|}; and the product of two scales may underflow before it meets a sum of codes below 2^20.
     */
    static double[] matmul(float[] x, int rows, StoredWeights weights, float[] bias, boolean int8) {
        int columns = weights.columns();
        int groups = Math.ceilDiv(columns, WeightGroup.SIZE);
        double relative = gamma(columns + 2 * groups + 6);
        double[] bounds = new double[rows * weights.rows()];
        for (int r = 0; r < rows; r++) {
            double[] input = magnitudes(x, r, columns, int8);
            for (int n = 0; n < weights.rows(); n++) {
                double sum = bias.length == 0 ? 0 : Math.abs(bias[n]);
                double most = 1;
                for (int c = 0; c < columns; c++) {
                    double weight = weights.magnitudes()[n * columns + c];
                    sum += input[c] * weight;
                    most = Math.max(most, weight);
                }
                double underflow = (columns + 2 * groups + 6) * LEAST * most * (int8 ? 0x1p20 : 1);
                bounds[r * weights.rows() + n] = relative * sum + underflow;
            }
        }
        return bounds;
    }

    private static double[] magnitudes(float[] x, int row, int columns, boolean int8) {
        double[] magnitudes = new double[columns];
        for (int c = 0; c < columns; c++) {
            magnitudes[c] = Math.abs(x[row * columns + c]);
        }
        if (int8) {
            for (int begin = 0; begin < columns; begin += WeightGroup.SIZE) {
                double most = 0;
                for (int c = begin; c < begin + WeightGroup.SIZE; c++) {
                    most = Math.max(most, magnitudes[c]);
                }
                for (int c = begin; c < begin + WeightGroup.SIZE; c++) {
                    magnitudes[c] += most / 254;
                }
            }
        }
        return magnitudes;
    }

    /** Fails with the place and the numbers if one of {@code actual} is farther from {@code expected} than its bound. */
    static void assertWithin(double[] bounds, float[] expected, float[] actual, int columns, Supplier<String> what) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            boolean same = Float.floatToIntBits(expected[i]) == Float.floatToIntBits(actual[i]);
            if (!same && !(Math.abs((double) expected[i] - actual[i]) <= bounds[i])) {
                fail(what.get() + ": [" + i / columns + "][" + i % columns + "] is " + actual[i] + ", expected "
                        + expected[i] + " within " + bounds[i]);
            }
        }
    }

    /** Fails with the place and the numbers if the bits differ; all NaNs are the same. */
    static void assertSameBits(float[] expected, float[] actual, int columns, Supplier<String> what) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                fail(what.get() + ": [" + i / columns + "][" + i % columns + "] is " + actual[i] + " ("
                        + Float.toHexString(actual[i]) + "), expected the bits of " + expected[i] + " ("
                        + Float.toHexString(expected[i]) + ")");
            }
        }
    }
}
