package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products with weights of every type, by every kernel that makes them, near the definition at awkward shapes. */
@Tag("device")
class GpuMatmulTest {
    private static final int[] OUTPUTS = {1, 15, 17, 50};
    private static final int[] ROWS = {1, 2, 4, 5, 9};

    @ParameterizedTest
    @EnumSource(DType.class)
    void isNearTheDefinition(DType type) {
        try (Twins twins = Twins.open(Activations.F32)) {
            for (int columns : columns(type)) {
                for (int i = 0; i < ROWS.length; i++) {
                    int outputs = OUTPUTS[i % OUTPUTS.length];
                    check(twins, type, ROWS[i], columns, outputs, i % 2 == 0, columns + 8.0, 0);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void isNearTheDefinitionWithInt8Activations(DType type) {
        try (Twins twins = Twins.open(Activations.INT8)) {
            for (int columns : columns(type)) {
                for (int i = 0; i < ROWS.length; i++) {
                    int outputs = OUTPUTS[i % OUTPUTS.length];
                    check(twins, type, ROWS[i], columns, outputs, i % 2 == 1, columns + 8.0, 0.5 / 127);
                }
            }
        }
    }

    /** Each input of a product is rounded to 11 significant bits (8 of bf16) once. */
    @ParameterizedTest
    @EnumSource(DType.class)
    void isNearTheDefinitionByTensorCores(DType type) {
        double inputs = type == DType.BF16 ? 0x1p-8 : type == DType.F16 ? 0x1p-11 : 0x1p-10;
        try (Twins twins = Twins.of(Activations.F32, ContractDevice.open(), true)) {
            for (int columns : type.isQuantised() ? new int[] {32, 288} : new int[] {7, 65, 288}) {
                check(twins, type, 17, columns, 66, false, columns + 8.0 + inputs / Twins.ROUNDOFF, 0);
                check(twins, type, 70, columns, 33, true, columns + 8.0 + inputs / Twins.ROUNDOFF, 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void givesARowTheSameBitsAloneAndAmongOthers(DType type) {
        for (Activations activations : new Activations[] {Activations.F32, Activations.INT8}) {
            try (Twins twins = Twins.open(activations)) {
                int columns = 288;
                int outputs = 20;
                float[] x = Twins.numbers(1, 7 * columns);
                MemorySegment bytes = Twins.weights(type, outputs, columns, 2);
                GpuBackend gpu = twins.gpu();
                Tensor weight = gpu.weights(twins.arena(), type, outputs, columns, bytes);
                float[] together = product(twins, weight, x, 7, columns);
                for (int row = 0; row < 7; row++) {
                    float[] alone = product(
                            twins, weight, Arrays.copyOfRange(x, row * columns, (row + 1) * columns), 1, columns);
                    assertArrayEquals(Arrays.copyOfRange(together, row * outputs, (row + 1) * outputs), alone);
                }
            }
        }
    }

    /** Whole tiles and torn ones, fewer groups than a team has lanes and more. */
    @ParameterizedTest
    @EnumSource(DType.class)
    void givesARowTheSameBitsAloneAndInATile(DType type) {
        try (Twins twins = Twins.open(Activations.INT8)) {
            for (int columns : type.isQuantised() ? new int[] {32, 160, 256, 576} : new int[] {33}) {
                int rows = columns == 160 ? 128 : 70;
                int outputs = columns == 160 ? 64 : 67;
                float[] x = Twins.numbers(columns, rows * columns);
                x[columns + 5] = 1e30f;
                x[2 * columns + 7] = Float.POSITIVE_INFINITY;
                x[3 * columns + 9] = Float.NaN;
                MemorySegment bytes = Twins.weights(type, outputs, columns, 2);
                Tensor weight = twins.gpu().weights(twins.arena(), type, outputs, columns, bytes);
                float[] together = product(twins, weight, x, rows, columns);
                for (int row : new int[] {0, 1, 2, 3, 8, 17, 31, 32, 63, 64, 69}) {
                    float[] alone = product(
                            twins, weight, Arrays.copyOfRange(x, row * columns, (row + 1) * columns), 1, columns);
                    assertArrayEquals(Arrays.copyOfRange(together, row * outputs, (row + 1) * outputs), alone);
                }
            }
        }
    }

    /** Codes lose nothing on the way to the device. */
    @ParameterizedTest
    @EnumSource(DType.class)
    void embedsTheValuesOfTheDefinition(DType type) {
        try (Twins twins = Twins.open(Activations.F32)) {
            for (int columns : columns(type)) {
                MemorySegment bytes = Twins.weights(type, 9, columns, columns);
                Batch batch = new Batch(twins.arena(), 4, 1, 1);
                batch.addSequence(new int[] {0}, 1);
                for (int row = 0; row < 3; row++) {
                    batch.add(8 - 3 * row, row, 0, false);
                }
                twins.assertSame("embed " + columns, backend -> {
                    Tensor out = backend.allocate(twins.arena(), DType.F32, 3, columns);
                    backend.embed(backend.weights(twins.arena(), type, 9, columns, bytes), batch, out);
                    return out;
                });
            }
        }
    }

    private static int[] columns(DType type) {
        return type.isQuantised() ? new int[] {32, 96, 288, 576} : new int[] {1, 7, 31, 33, 65, 207, 288};
    }

    private static void check(
            Twins twins,
            DType type,
            int rows,
            int columns,
            int outputs,
            boolean withBias,
            double roundings,
            double halfStep) {
        float[] x = Twins.numbers(3L * rows + columns, rows * columns);
        float[] bias = Twins.numbers(5, outputs);
        MemorySegment bytes = Twins.weights(type, outputs, columns, 7L * columns);
        Function<Backend, Tensor> product = backend -> {
            Tensor out = backend.allocate(twins.arena(), DType.F32, rows, outputs);
            backend.matmul(
                    twins.tensor(backend, x, rows, columns),
                    backend.weights(twins.arena(), type, outputs, columns, bytes),
                    withBias ? twins.tensor(backend, bias, 1, outputs) : null,
                    out);
            return out;
        };
        double[] weights = Twins.magnitudes(type, bytes);
        double[] bounds = new double[rows * outputs];
        for (int r = 0; r < rows; r++) {
            double[] input = magnitudes(x, r, columns, type.isQuantised() ? halfStep : 0);
            for (int n = 0; n < outputs; n++) {
                double sum = withBias ? Math.abs(bias[n]) : 0;
                for (int c = 0; c < columns; c++) {
                    sum += input[c] * weights[n * columns + c];
                }
                bounds[r * outputs + n] = Twins.gamma(roundings) * sum + columns * Twins.LEAST_NORMAL;
            }
        }
        twins.assertNear(type + " [" + rows + "][" + columns + "] x " + outputs, product, bounds);
    }

    /** The magnitudes that are summed: in codes, up to half a step of the group's scale larger than the number. */
    private static double[] magnitudes(float[] x, int row, int columns, double halfStep) {
        double[] magnitudes = new double[columns];
        for (int c = 0; c < columns; c++) {
            magnitudes[c] = Math.abs(x[row * columns + c]);
        }
        for (int begin = 0; halfStep > 0 && begin < columns; begin += 32) {
            double most = Arrays.stream(magnitudes, begin, begin + 32).max().orElseThrow();
            for (int c = begin; c < begin + 32; c++) {
                magnitudes[c] += most * halfStep;
            }
        }
        return magnitudes;
    }

    private static float[] product(Twins twins, Tensor weight, float[] x, int rows, int columns) {
        Tensor out = twins.gpu().allocate(twins.arena(), DType.F32, rows, weight.rows());
        twins.gpu().matmul(twins.tensor(twins.gpu(), x, rows, columns), weight, null, out);
        return Twins.floats(twins.gpu(), out);
    }
}
