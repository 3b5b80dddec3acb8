package dev.gatun.sampler;

import java.util.Arrays;

/** The definition of the passes, in plain Java. */
final class ScalarRowScan implements RowScan {
    private final double[] lanes = new double[LANES];

    @Override
    public String description() {
        return "scalar";
    }

    @Override
    public float maxima(float[] row, int length, float[] maxima) {
        float most = Float.NEGATIVE_INFINITY;
        for (int block = 0, from = 0; from < length; block++, from += BLOCK) {
            int to = Math.min(length, from + BLOCK);
            float max = Float.NEGATIVE_INFINITY;
            for (int i = from; i < to; i++) {
                max = Math.max(max, row[i]);
            }
            maxima[block] = max;
            most = Math.max(most, max);
        }
        return most;
    }

    @Override
    public double mass(float[] row, int length, float max, double scale) {
        Arrays.fill(lanes, 0);
        for (int i = 0; i < length; i++) {
            lanes[i & (LANES - 1)] += Exponential.exp(((double) row[i] - max) * scale);
        }
        return sum(lanes);
    }

    static double sum(double[] lanes) {
        double sum = 0;
        for (double lane : lanes) {
            sum += lane;
        }
        return sum;
    }
}
