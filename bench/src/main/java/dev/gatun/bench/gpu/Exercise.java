package dev.gatun.bench.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a decoder at one shape, which the rungs of its kernel compete in.
 *
 * @param name operation, types and shape
 * @param activations that the backend quantises its input to
 * @param tensorCores whether the backend may use them
 * @param bytes that have to move between device memory and the chip
 * @param multiplyAdds that the operation is made of; 0 where nobody counts them
 * @param tolerance of the result's relative error in the Euclidean norm, against the definition
 * @param graph whether the operation is launches alone; else it waits for the device and brings something back
 * @param setting opens operands
 * @param sample the same with fewer rows, which is judged in its place; null if the definition can do the whole
 */
record Exercise(
        String name,
        Activations activations,
        boolean tensorCores,
        long bytes,
        long multiplyAdds,
        double tolerance,
        boolean graph,
        Setting setting,
        @Nullable Exercise sample) {

    /** What operands of several copies share. */
    @FunctionalInterface
    interface Setting {
        Operands open(Backend backend, Arena arena);
    }

    /** Makes copies of the operands. */
    @FunctionalInterface
    interface Operands {
        Copy copy(long seed);
    }

    /** One copy of the operands, in memory of its own. */
    interface Copy {
        void run();

        /** What the last run left. */
        float[] result();
    }

    /** What the definition is asked about. */
    Exercise judged() {
        return sample == null ? this : sample;
    }

    /** Operations of 2 for each multiply-add. */
    double operations() {
        return 2.0 * multiplyAdds;
    }
}
