package dev.gatun.ptx.corpus;

import dev.gatun.ptx.Dim3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Softmax and layer norm against double precision, within bounds that follow the roundings of the kernels. */
final class NormalizationCases {
    private static final double UNIT = 0x1p-24;

    private NormalizationCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 31, 207}) {
            cases.add(softmax(7, n));
            cases.add(layerNorm(3, n));
        }
        return cases;
    }

    private static float[] gaussian(int count, int seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static KernelCase softmax(int rows, int n) {
        float[] x = gaussian(rows * n, n);
        double[] y = new double[rows * n];
        double[] tolerance = new double[rows * n];
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = row * n; i < (row + 1) * n; i++) {
                sum += Math.exp(x[i]);
            }
            for (int i = row * n; i < (row + 1) * n; i++) {
                y[i] = Math.exp(x[i]) / sum;
                // n additions, two exponentials of arguments within 10 (10 + 4 each), a division
                tolerance[i] = (n + 32) * UNIT * y[i];
            }
        }
        return new KernelCase("softmax", "n=" + n, Dim3.of((rows + 3) / 4), Dim3.of(32, 4))
                .input(x)
                .output(y, tolerance)
                .scalar(rows)
                .scalar(n);
    }

    private static KernelCase layerNorm(int rows, int n) {
        float epsilon = 1e-5f;
        float[] x = gaussian(rows * n, n);
        float[] scale = gaussian(n, 1);
        float[] shift = gaussian(n, 2);
        double[] y = new double[rows * n];
        double[] tolerance = new double[rows * n];
        for (int row = 0; row < rows; row++) {
            double mean = 0;
            double size = 0;
            for (int i = 0; i < n; i++) {
                mean += x[row * n + i] / (double) n;
                size += Math.abs(x[row * n + i]) / (double) n;
            }
            double meanError = (n + 2) * UNIT * size;
            double variance = 0;
            double varianceError = 0;
            for (int i = 0; i < n; i++) {
                double v = Math.abs(x[row * n + i] - mean);
                variance += v * v / n;
                varianceError += 2 * (v + meanError) * (meanError + UNIT * v) / n;
            }
            varianceError += (n + 4) * UNIT * (variance + epsilon);
            double inverse = 1 / Math.sqrt(variance + epsilon);
            double inverseError = varianceError / (2 * (variance + epsilon)) + 4 * UNIT; // relative
            for (int i = 0; i < n; i++) {
                double v = x[row * n + i] - mean;
                double scaled = v * inverse * scale[i];
                int at = row * n + i;
                y[at] = scaled + shift[i];
                tolerance[at] = 1.1 * Math.abs(scaled) * (inverseError + 4 * UNIT)
                        + 1.1 * meanError * inverse * Math.abs(scale[i])
                        + UNIT * (Math.abs(y[at]) + Math.abs(scaled));
            }
        }
        return new KernelCase("layer_norm", "n=" + n, Dim3.of(rows), Dim3.of(128))
                .input(x)
                .input(scale)
                .input(shift)
                .output(y, tolerance)
                .scalar(n)
                .scalar(epsilon);
    }
}
