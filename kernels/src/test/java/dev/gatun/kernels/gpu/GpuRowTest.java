package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.VmDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations on single rows and elements, near the definition. */
@Tag("device")
class GpuRowTest {
    private Twins twins;

    @BeforeEach
    void open() {
        twins = Twins.open(Activations.F32);
    }

    @AfterEach
    void close() {
        twins.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "F32", "Q8_0"})
    void copiesAPageBitForBitAndNoOther(DType type) {
        int pages = 5;
        try (VmDevice device = VmDevice.open(1);
                GpuBackend backend = new GpuBackend(device);
                Arena arena = Arena.ofShared()) {
            KvLayer layer = backend.kvLayer(arena, type, pages, 3, 40);
            int pageBytes = (int) layer.pageByteSize();
            byte[] keys = new byte[pages * pageBytes];
            byte[] values = new byte[pages * pageBytes];
            new Random(1).nextBytes(keys);
            new Random(2).nextBytes(values);
            device.copyIn(MemorySegment.ofArray(keys), layer.keys(), 0);
            device.copyIn(MemorySegment.ofArray(values), layer.values(), 0);
            backend.copyPage(layer, 1, 3);
            System.arraycopy(keys, pageBytes, keys, 3 * pageBytes, pageBytes);
            System.arraycopy(values, pageBytes, values, 3 * pageBytes, pageBytes);
            byte[] copied = new byte[keys.length];
            device.copyOut(layer.keys(), 0, MemorySegment.ofArray(copied));
            assertArrayEquals(keys, copied);
            device.copyOut(layer.values(), 0, MemorySegment.ofArray(copied));
            assertArrayEquals(values, copied);
        }
    }

    /** A sum of squares has no cancellation, so its error is relative: a thread's terms, the folds, and what follows. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 7", "3, 33", "1, 256", "5, 576", "2, 1100"})
    void normalisesRows(int rows, int columns) {
        float[] x = Twins.numbers(1, rows * columns);
        float[] weight = Twins.numbers(2, columns);
        double[] bounds = new double[rows * columns];
        for (int r = 0; r < rows; r++) {
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                squares += (double) x[r * columns + c] * x[r * columns + c];
            }
            double scale = 1 / Math.sqrt(squares / columns + 1e-5f);
            for (int c = 0; c < columns; c++) {
                double value = Math.abs(x[r * columns + c] * scale * weight[c]);
                bounds[r * columns + c] = Twins.gamma(columns / 256.0 + 20) * value + Twins.LEAST_NORMAL;
            }
        }
        twins.assertNear(
                "rmsNorm",
                backend -> {
                    Tensor out = twins.tensor(backend, x, rows, columns);
                    backend.rmsNorm(out, twins.tensor(backend, weight, 1, columns), 1e-5f, out);
                    return out;
                },
                bounds);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1023, 1024, 1025, 3000})
    void addsElements(int columns) {
        float[] x = Twins.numbers(1, 2 * columns);
        float[] y = Twins.numbers(2, 2 * columns);
        twins.assertSame("add", backend -> {
            Tensor sum = twins.tensor(backend, x, 2, columns);
            backend.add(sum, twins.tensor(backend, y, 2, columns));
            return sum;
        });
    }

    /** The exponential's argument is rounded once, which grows with its size, and the exponential is within 2 ulp. */
    @ParameterizedTest
    @ValueSource(ints = {1, 33, 1025})
    void gatesElements(int columns) {
        float[] gate = Twins.numbers(1, columns);
        float[] up = Twins.numbers(2, columns);
        System.arraycopy(new float[] {-1000}, 0, gate, 0, 1);
        double[] bounds = new double[columns];
        for (int c = 0; c < columns; c++) {
            double value = Math.abs(gate[c] / (1 + Math.exp(-gate[c])) * up[c]);
            bounds[c] = Twins.gamma(2 * Math.abs(gate[c]) + 16) * value + 100 * Twins.LEAST_NORMAL * Math.abs(up[c]);
        }
        twins.assertNear(
                "swiGlu",
                backend -> {
                    Tensor out = twins.tensor(backend, gate, 1, columns);
                    backend.swiGlu(out, twins.tensor(backend, up, 1, columns), out);
                    return out;
                },
                bounds);
    }

    @Test
    void gathersTheRowsThatAskedForLogits() {
        Batch batch = batch(6, 0);
        float[] x = Twins.numbers(1, 6 * 207);
        twins.assertSame("gather", backend -> {
            Tensor out = backend.allocate(twins.arena(), DType.F32, batch.logitRows(), 207);
            backend.gather(twins.tensor(backend, x, 6, 207), batch, out);
            return out;
        });
    }

    /** Both compute in f64, so that only the last rounding can differ, by one unit of a number of at most 1.25. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 8191, 131_000})
    void turnsPositionsIntoCosinesAndSines(int firstPosition) {
        Rotation rotation = rotation(Rotation.Pairs.ADJACENT, 96);
        Batch batch = batch(5, firstPosition);
        double[] bounds = new double[5 * 96];
        Arrays.fill(bounds, 1.25 * 2 * Twins.ROUNDOFF);
        twins.assertNear(
                "angles",
                backend -> {
                    Tensor out = backend.allocate(twins.arena(), DType.F32, 5, 96);
                    backend.angles(batch, rotation, out);
                    return out;
                },
                bounds);
    }

    @ParameterizedTest
    @EnumSource(Rotation.Pairs.class)
    void rotatesHeads(Rotation.Pairs pairs) {
        for (int headDim : new int[] {8, 64, 80, 130}) {
            int turned = headDim == 80 ? 40 : headDim;
            Rotation rotation = rotation(pairs, turned);
            Batch batch = batch(3, 50);
            float[] x = Twins.numbers(headDim, 3 * 3 * headDim);
            double[] bounds = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                float[] head = Arrays.copyOfRange(x, i / headDim * headDim, (i / headDim + 1) * headDim);
                double most = 0;
                for (float value : head) {
                    most = Math.max(most, Math.abs(value));
                }
                bounds[i] = 1.25 * 2 * most * Twins.gamma(4);
            }
            twins.assertNear(
                    "rope " + headDim,
                    backend -> {
                        Tensor angles = backend.allocate(twins.arena(), DType.F32, 3, turned);
                        backend.angles(batch, rotation, angles);
                        Tensor out = twins.tensor(backend, x, 3, 3 * headDim);
                        backend.rope(out, headDim, rotation, angles);
                        return out;
                    },
                    bounds);
        }
    }

    @Test
    void findsTheFirstOfTheLargestLogits() {
        float[] logits = Twins.numbers(1, 3 * 5000);
        logits[4711] = 1e9f;
        logits[4712] = 1e9f;
        Arrays.fill(logits, 5000, 10_000, -7f);
        logits[10_000 + 4999] = Float.POSITIVE_INFINITY;
        int[] columns = new int[3];
        twins.gpu().argmax(twins.tensor(twins.gpu(), logits, 3, 5000), columns);
        assertArrayEquals(new int[] {4711, 0, 4999}, columns);
    }

    private static Rotation rotation(Rotation.Pairs pairs, int dimensions) {
        double[] frequencies = new double[dimensions / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(10_000, -2.0 * i / dimensions);
        }
        return new Rotation(pairs, frequencies, 1.25f);
    }

    private Batch batch(int rows, int firstPosition) {
        Batch batch = new Batch(twins.arena(), rows + 3, 2, 1);
        batch.addSequence(new int[] {0}, 1);
        for (int row = 0; row < rows; row++) {
            batch.add(row, firstPosition + row, 0, row % 2 == 1);
        }
        return batch;
    }
}
