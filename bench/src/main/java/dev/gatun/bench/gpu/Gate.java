package dev.gatun.bench.gpu;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.kernels.reference.ReferenceBackend;
import java.lang.foreign.Arena;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;

/**
 * Correct first: an exercise on fresh random operands, against the definition, and twice for the same bits. Without its pass
 * nothing is timed.
 */
final class Gate {
    private static final SecureRandom SEEDS = new SecureRandom();

    private final Stand stand;
    private final int trials;

    Gate(Stand stand, int trials) {
        this.stand = stand;
        this.trials = trials;
    }

    /**
     * What was wrong, or how far off the worst trial was.
     *
     * @param error relative, in the Euclidean norm; infinite if a result is no number
     */
    record Verdict(boolean passed, double error, String note) {}

    Verdict judge(Exercise asked) {
        Exercise exercise = asked.judged();
        double worst = 0;
        for (int trial = 0; trial < trials; trial++) {
            long seed = SEEDS.nextLong();
            float[] expected = answer(new ReferenceBackend(exercise.activations()), exercise, seed);
            float[] actual = answer(device(exercise), exercise, seed);
            float[] again = answer(device(exercise), exercise, seed);
            if (!Arrays.equals(actual, again)) {
                return new Verdict(
                        false, Double.POSITIVE_INFINITY, "seed " + seed + " gave other bits the second time");
            }
            double error = error(expected, actual);
            if (!(error <= exercise.tolerance())) {
                return new Verdict(
                        false,
                        error,
                        String.format(
                                Locale.ROOT,
                                "seed %d: relative error %.2e, at most %.2e is right",
                                seed,
                                error,
                                exercise.tolerance()));
            }
            worst = Math.max(worst, error);
        }
        return new Verdict(true, worst, trials + " fresh seeds of " + exercise.name());
    }

    private Backend device(Exercise exercise) {
        return new GpuBackend(stand.lent(), exercise.activations(), exercise.tensorCores());
    }

    private static float[] answer(Backend backend, Exercise exercise, long seed) {
        try (backend;
                Arena arena = Arena.ofShared()) {
            Exercise.Copy copy = exercise.setting().open(backend, arena).copy(seed);
            copy.run();
            return copy.result();
        }
    }

    /** {@code |actual - expected| / |expected|}; infinite where only one of them is a number. */
    static double error(float[] expected, float[] actual) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            double off = (double) actual[i] - expected[i];
            difference += off * off;
            size += (double) expected[i] * expected[i];
        }
        double error = size == 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
}
