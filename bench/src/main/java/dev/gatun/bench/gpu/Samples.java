package dev.gatun.bench.gpu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times of the same thing, in microseconds. */
final class Samples {
    static final int LEAST = 10;

    private static final double ENOUGH = 0.005; // standard error over mean at which more samples tell nothing new

    private final List<Double> micros = new ArrayList<>();

    void add(double value) {
        micros.add(value);
    }

    List<Double> all() {
        return List.copyOf(micros);
    }

    int count() {
        return micros.size();
    }

    /** Linear between neighbours. */
    double quantile(double share) {
        if (micros.isEmpty()) {
            throw new IllegalStateException("no samples");
        }
        List<Double> sorted = new ArrayList<>(micros);
        Collections.sort(sorted);
        double at = share * (sorted.size() - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.size() - 1);
        return sorted.get(below) + (at - below) * (sorted.get(above) - sorted.get(below));
    }

    double median() {
        return quantile(0.5);
    }

    /** Whether the mean is known to half a percent, from at least {@value #LEAST} samples. */
    boolean suffice() {
        int n = micros.size();
        if (n < LEAST) {
            return false;
        }
        double mean = micros.stream().mapToDouble(Double::doubleValue).sum() / n;
        double squares = micros.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (n - 1) / n) <= ENOUGH * mean;
    }
}
