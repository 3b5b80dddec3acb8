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
    public long atLeast(float[] row, int from, float least) {
        long bits = 0;
        for (int i = 0; i < BLOCK; i++) {
            bits |= (row[from + i] >= least ? 1L : 0) << i;
        }
        return bits;
    }

    @Override
    public double mass(float[] row, int length, float max, double scale) {
        Arrays.fill(lanes, 0);
        for (int i = 0; i < length; i++) {
            lanes[i & (LANES - 1)] += massTerm(((double) row[i] - max) * scale);
        }
        return sum(lanes);
    }

    @Override
    public double moment(float[] row, int length, float max, double scale) {
        Arrays.fill(lanes, 0);
        for (int i = 0; i < length; i++) {
            lanes[i & (LANES - 1)] += momentTerm(((double) row[i] - max) * scale);
        }
        return sum(lanes);
    }

    @Override
    public double deviation(float[] row, int length) {
        int count = RowScan.finite(row, length);
        Arrays.fill(lanes, 0);
        for (int i = 0; i < length; i++) {
            lanes[i & (LANES - 1)] += difference(row[i], 0);
        }
        double mean = sum(lanes) / count;
        Arrays.fill(lanes, 0);
        for (int i = 0; i < length; i++) {
            double difference = difference(row[i], mean);
            lanes[i & (LANES - 1)] += difference * difference;
        }
        return Math.sqrt(sum(lanes) / count);
    }

    static double difference(float x, double center) {
        return x == Float.NEGATIVE_INFINITY ? 0 : x - center;
    }

    static double massTerm(double exponent) {
        return Exponential.exp(Math.max(exponent, Exponential.FLOOR));
    }

    static double momentTerm(double exponent) {
        double bounded = Math.max(exponent, Exponential.FLOOR);
        return Exponential.exp(bounded) * bounded;
    }

    static double sum(double[] lanes) {
        double sum = 0;
        for (double lane : lanes) {
            sum += lane;
        }
        return sum;
    }
}
