package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.kernels.reference.ReferenceBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Something a kernel is asked to compute through its launcher, and the answer. */
final class Question {
    private final String what;
    private final Launches launches;
    private final float[] expected;
    private final double[] bounds;
    private @Nullable Question alike;

    /** What is asked, of any backend. */
    @FunctionalInterface
    interface Operation {
        float[] result(Backend backend, Arena arena);
    }

    /** What is asked of a device, where no operation brings a kernel what it must be asked. */
    @FunctionalInterface
    interface Launches {
        float[] result(Device device, Arena arena);
    }

    /**
     * With an answer that is known.
     *
     * @param expected the answer; a NaN stands for any NaN
     * @param bounds how far each element may be off
     */
    Question(String what, Launches launches, float[] expected, double[] bounds) {
        this.what = what;
        this.launches = launches;
        this.expected = expected;
        this.bounds = bounds;
    }

    /**
     * The same of a backend.
     *
     * @param activations of the backend that is asked
     * @param tensorCores whether the backend that is asked may use them
     */
    Question(
            String what,
            Activations activations,
            boolean tensorCores,
            Operation operation,
            float[] expected,
            double[] bounds) {
        this(
                what,
                (device, arena) -> {
                    try (GpuBackend backend = new GpuBackend(device, activations, tensorCores)) {
                        return operation.result(backend, arena);
                    }
                },
                expected,
                bounds);
    }

    /** With the answer of the definition. */
    static Question defined(
            String what, Activations activations, boolean tensorCores, Operation operation, double[] bounds) {
        try (Backend reference = new ReferenceBackend(activations);
                Arena arena = Arena.ofShared()) {
            float[] expected = operation.result(reference, arena);
            return new Question(what, activations, tensorCores, operation, expected, bounds);
        }
    }

    /** With the answer of the definition, to within {@code roundings} roundings of each number. */
    static Question defined(String what, Operation operation, double roundings) {
        Question exact = defined(what, Activations.F32, false, operation, new double[0]);
        double[] bounds = new double[exact.expected.length];
        for (int i = 0; i < bounds.length; i++) {
            double size = Math.abs(exact.expected[i]);
            bounds[i] = roundings == 0 ? 0 : Twins.gamma(roundings) * size + Twins.LEAST_NORMAL;
        }
        return new Question(what, Activations.F32, false, operation, exact.expected, bounds);
    }

    /** With the bits that the kernels as shipped give another way, which other questions are about. */
    static Question agreeing(String what, Activations activations, Operation operation, Operation other) {
        try (GpuBackend shipped = new GpuBackend(VmDevice.open(1), activations, false);
                Arena arena = Arena.ofShared()) {
            float[] expected = other.result(shipped, arena);
            Question question =
                    new Question(what, activations, false, operation, expected, new double[expected.length]);
            question.alike = same(what, activations, false, expected.length, operation, other);
            return question;
        }
    }

    /** Two ways to the same bits. */
    static Question same(
            String what, Activations activations, boolean tensorCores, int elements, Operation one, Operation other) {
        Operation differences = (backend, arena) -> {
            float[] first = one.result(backend, arena);
            float[] second = other.result(backend, arena);
            for (int i = 0; i < first.length; i++) {
                boolean same = Float.floatToIntBits(first[i]) == Float.floatToIntBits(second[i]);
                first[i] = same ? 0 : 1;
            }
            return first;
        };
        return new Question(what, activations, tensorCores, differences, new float[elements], new double[elements]);
    }

    /**
     * The same, for a device whose bits are not those of the PTX machine, as its approximate functions have others: both ways
     * go there where the bits of two ways must agree.
     */
    Question ofAnyDevice() {
        return alike == null ? this : alike;
    }

    String what() {
        return what;
    }

    /** What {@code device} says, which is closed. */
    float[] answer(Device device) {
        try (Arena arena = Arena.ofShared();
                device) {
            return launches.result(device, arena);
        }
    }

    /** The largest amount by which {@code answer} misses its bounds; 0 or less if it keeps them. */
    double excess(float[] answer) {
        double most = 0;
        for (int i = 0; i < expected.length; i++) {
            boolean same = Float.floatToIntBits(expected[i]) == Float.floatToIntBits(answer[i]);
            double off = Math.abs((double) expected[i] - answer[i]);
            if (!same && !(off <= bounds[i])) {
                most = Math.max(most, Double.isNaN(off) ? Double.POSITIVE_INFINITY : off - bounds[i]);
            }
        }
        return most;
    }

    static Tensor tensor(Backend backend, Arena arena, float[] values, int rows) {
        int columns = values.length / rows;
        Tensor tensor = backend.allocate(arena, DType.F32, rows, columns);
        backend.upload(MemorySegment.ofArray(values), tensor);
        return tensor;
    }

    static Tensor empty(Backend backend, Arena arena, int rows, int columns) {
        return backend.allocate(arena, DType.F32, rows, columns);
    }
}
