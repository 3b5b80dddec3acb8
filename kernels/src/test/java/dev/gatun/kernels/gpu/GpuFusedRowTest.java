package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.TextDevice;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.Order;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fused kernels of one row give the bits of the plain kernels they stand for. Those are near the definition by tests of
 * their own, so the fused ones are within the same bounds.
 */
class GpuFusedRowTest {
    private static final float EPSILON = 1e-5f;
    private static final int PAGES = 3;
    private static final int POSITION = 70;

    /** One row's way through the operations, fused or apart. */
    private record Layer(GpuBackend backend, Arena arena, DType type, DType cacheType, Shape shape) {

        List<float[]> run(boolean fused, float[] stream) {
            Shape s = shape;
            int width = s.width();
            Tensor x = activations(1, width);
            backend.upload(MemorySegment.ofArray(stream), x);
            Tensor normed = activations(1, width);
            Tensor product = activations(1, width);
            KvLayer cache = backend.kvLayer(arena, cacheType, PAGES, s.kvHeads(), s.headDim());
            Batch batch = new Batch(arena, 1, 2, 2);
            batch.addSequence(new int[] {0}, 1);
            batch.addSequence(new int[] {1, 2}, 2);
            batch.add(3, POSITION, 1, true);
            Rotation rotation = s.rotation();
            Tensor angles = activations(1, rotation.dimensions());
            backend.angles(batch, rotation, angles);
            Tensor q = activations(1, s.heads() * s.headDim());
            Tensor k = activations(1, s.kvHeads() * s.headDim());
            Tensor v = activations(1, s.kvHeads() * s.headDim());
            AttentionWeights attention = new AttentionWeights(
                    vector(width, 1),
                    EPSILON,
                    matrix(q.columns(), width, 2),
                    s.biased() ? vector(q.columns(), 3) : null,
                    matrix(k.columns(), width, 4),
                    s.biased() ? vector(k.columns(), 5) : null,
                    matrix(v.columns(), width, 6),
                    s.biased() ? vector(v.columns(), 7) : null);
            if (fused) {
                backend.attentionInput(x, attention, rotation, angles, batch, cache, normed, q, k, v);
            } else {
                backend.rmsNorm(x, attention.norm(), EPSILON, normed);
                backend.matmul(normed, attention.query(), attention.queryBias(), q);
                backend.matmul(normed, attention.key(), attention.keyBias(), k);
                backend.matmul(normed, attention.value(), attention.valueBias(), v);
                backend.rope(q, s.headDim(), rotation, angles);
                backend.rope(k, s.headDim(), rotation, angles);
                backend.append(k, v, batch, cache);
            }
            List<float[]> results = new ArrayList<>();
            results.add(Twins.floats(backend, q));
            results.add(bits(cache.keys()));
            results.add(bits(cache.values()));

            Tensor output = matrix(width, 96, 8);
            Tensor attended = activations(1, 96);
            backend.upload(MemorySegment.ofArray(Twins.numbers(9, 96)), attended);
            Tensor bias = s.biased() ? vector(width, 10) : null;
            if (fused) {
                backend.addProduct(attended, output, bias, product, x);
            } else {
                backend.matmul(attended, output, bias, product);
                backend.add(x, product);
            }
            results.add(Twins.floats(backend, x));

            FeedForwardWeights weights = new FeedForwardWeights(
                    vector(width, 11),
                    EPSILON,
                    matrix(s.hidden(), width, 12),
                    matrix(s.hidden(), width, 13),
                    matrix(width, s.hidden(), 14));
            Tensor gate = activations(1, s.hidden());
            Tensor up = activations(1, s.hidden());
            if (fused) {
                backend.addFeedForward(x, weights, normed, gate, up, product);
            } else {
                backend.rmsNorm(x, weights.norm(), EPSILON, normed);
                backend.matmul(normed, weights.gate(), null, gate);
                backend.matmul(normed, weights.up(), null, up);
                backend.swiGlu(gate, up, gate);
                backend.matmul(gate, weights.down(), null, product);
                backend.add(x, product);
            }
            results.add(Twins.floats(backend, x));
            return results;
        }

        private Tensor activations(int rows, int columns) {
            return backend.allocate(arena, DType.F32, rows, columns);
        }

        private Tensor vector(int columns, long seed) {
            Tensor vector = activations(1, columns);
            backend.upload(MemorySegment.ofArray(Twins.plain(seed, columns)), vector);
            return vector;
        }

        private Tensor matrix(int rows, int columns, long seed) {
            return backend.weights(arena, type, rows, columns, Twins.weights(type, rows, columns, seed));
        }

        /** A whole cache, whatever its type, as numbers whose bits are compared. */
        private float[] bits(MemorySegment storage) {
            int count = (int) (KvLayer.byteSize(cacheType, PAGES, shape.kvHeads(), shape.headDim()) / 4);
            return Twins.floats(backend, new Tensor(DType.F32, 1, count, storage, 0));
        }
    }

    private record Shape(
            int width, int hidden, int heads, int kvHeads, int headDim, boolean halves, int pairs, boolean biased) {
        Rotation rotation() {
            double[] frequencies = new double[pairs];
            for (int i = 0; i < pairs; i++) {
                frequencies[i] = Math.pow(10_000, -2.0 * i / headDim);
            }
            return new Rotation(halves ? Rotation.Pairs.HALVES : Rotation.Pairs.ADJACENT, frequencies, 1.1f);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "32, 32, 1, 1, 8, false, 4, false",
        "96, 64, 3, 1, 8, true, 4, true",
        "288, 96, 9, 3, 16, true, 5, false",
        "64, 32, 4, 2, 24, false, 7, true",
        "576, 160, 2, 2, 40, true, 20, false",
        "320, 288, 5, 1, 64, false, 32, true",
        "32, 64, 2, 1, 128, true, 64, true",
        "64, 32, 3, 3, 8, false, 0, false",
    })
    void givesTheBitsOfThePlainKernels(
            int width, int hidden, int heads, int kvHeads, int headDim, boolean halves, int pairs, boolean biased) {
        Shape shape = new Shape(width, hidden, heads, kvHeads, headDim, halves, pairs, biased);
        try (GpuBackend backend = new GpuBackend(VmDevice.open(2), Activations.INT8, false);
                Arena arena = Arena.ofShared()) {
            for (DType type : DType.values()) {
                if (type.isQuantised()) {
                    for (DType cache : new DType[] {DType.F16, DType.F32}) {
                        assertSameBits(new Layer(backend, arena, type, cache, shape), Twins.numbers(width, width));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e38f, 1e-42f, 0f})
    void givesThemForOutliersToo(float outlier) {
        Shape shape = new Shape(96, 64, 2, 1, 16, true, 8, false);
        try (GpuBackend backend = new GpuBackend(VmDevice.open(2), Activations.INT8, false);
                Arena arena = Arena.ofShared()) {
            float[] stream = Twins.plain(1, 96);
            stream[37] = outlier;
            assertSameBits(new Layer(backend, arena, DType.Q4_1, DType.F16, shape), stream);
            Arrays.fill(stream, outlier);
            assertSameBits(new Layer(backend, arena, DType.Q8_0, DType.F32, shape), stream);
        }
    }

    private static void assertSameBits(Layer layer, float[] stream) {
        List<float[]> plain = layer.run(false, stream);
        List<float[]> fused = layer.run(true, stream);
        List<String> names = List.of("queries", "keys", "values", "after attention", "after feed-forward");
        for (int i = 0; i < names.size(); i++) {
            assertArrayEquals(
                    plain.get(i), fused.get(i), layer.type() + ", " + layer.cacheType() + ": " + names.get(i));
        }
    }

    @Test
    void givesTheSameBitsWhateverTheOrderOfBlocksAndWarpsUnderAllCheckers() {
        Shape shape = new Shape(96, 64, 3, 1, 24, true, 6, true);
        List<List<float[]>> results = new ArrayList<>();
        for (Order order : Order.values()) {
            Checker checker = Checker.all();
            VmDevice device =
                    VmDevice.open(LaunchOptions.DEFAULT.withWatcher(checker).withOrder(order, 5));
            try (GpuBackend backend = new GpuBackend(device, Activations.INT8, false);
                    Arena arena = Arena.ofShared()) {
                Layer layer = new Layer(backend, arena, DType.Q4_0, DType.F16, shape);
                results.add(layer.run(true, Twins.numbers(2, 96)));
            }
            checker.assertClean();
        }
        for (List<float[]> other : results) {
            for (int i = 0; i < other.size(); i++) {
                assertArrayEquals(results.getFirst().get(i), other.get(i));
            }
        }
    }

    @Test
    void launchesSevenKernelsForTheThreeOperations() {
        TextDevice device = new TextDevice();
        try (GpuBackend backend = new GpuBackend(device, Activations.INT8, false);
                Arena arena = Arena.ofShared()) {
            Shape shape = new Shape(96, 64, 3, 1, 24, true, 6, true);
            new Layer(backend, arena, DType.Q4_1, DType.F16, shape).run(true, Twins.plain(1, 96));
        }
        assertEquals(
                List.of(
                        "angles",
                        "rms_norm_quantise",
                        "qkv_row_int8_q4_1",
                        "quantise_rows",
                        "matmul_add_row_int8_q4_1",
                        "rms_norm_quantise",
                        "gate_up_row_int8_q4_1",
                        "matmul_add_row_int8_q4_1"),
                device.launched());
    }

    /** What cannot be fused is composed, and says the same. */
    @Test
    void composesWhatItCannotFuse() {
        TextDevice device = new TextDevice();
        try (GpuBackend backend = new GpuBackend(device, Activations.F32, false);
                Arena arena = Arena.ofShared()) {
            Shape shape = new Shape(96, 64, 3, 1, 24, true, 6, false);
            new Layer(backend, arena, DType.Q4_1, DType.F16, shape).run(true, Twins.plain(1, 96));
            new Layer(backend, arena, DType.F16, DType.F16, shape).run(true, Twins.plain(1, 96));
        }
        assertFalse(device.launched().contains("rms_norm_quantise"));
        assertTrue(device.launched().contains("add"));
    }

    /** Weights are read as the plain kernels read them, and what lay between kernels is not written and read again. */
    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_1", "Q8_0"})
    void movesFewerSectorsThanThePlainKernels(DType type) {
        Counters plain = counted(type, false);
        Counters fused = counted(type, true);
        assertTrue(
                fused.global().sectors() < plain.global().sectors(),
                () -> "sectors: " + fused.global().sectors() + ", plain "
                        + plain.global().sectors());
        assertTrue(wasted(fused) <= wasted(plain), () -> "wasted: " + wasted(fused) + ", plain " + wasted(plain));
        assertEquals(0, fused.shared().bankConflicts());
    }

    /** Sectors beyond the fewest that the bytes need: those of rows whose codes are read 16 of 32 bytes at a time. */
    private static long wasted(Counters counters) {
        return counters.global().sectors() - counters.global().idealSectors();
    }

    private static Counters counted(DType type, boolean fused) {
        Counters counters = new Counters();
        VmDevice device = VmDevice.open(LaunchOptions.DEFAULT.withWatcher(counters));
        try (GpuBackend backend = new GpuBackend(device, Activations.INT8, false);
                Arena arena = Arena.ofShared()) {
            Shape shape = new Shape(288, 288, 4, 2, 64, false, 32, false);
            new Layer(backend, arena, type, DType.F16, shape).run(fused, Twins.plain(1, 288));
        }
        return counters;
    }
}
