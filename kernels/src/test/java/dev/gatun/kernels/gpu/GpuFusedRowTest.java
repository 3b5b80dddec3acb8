package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.device.TextDevice;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.Order;
import java.lang.foreign.Arena;
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
        FusedLayer.Shape shape = new FusedLayer.Shape(width, hidden, heads, kvHeads, headDim, halves, pairs, biased);
        try (GpuBackend backend = new GpuBackend(VmDevice.open(2), Activations.INT8, false);
                Arena arena = Arena.ofShared()) {
            for (DType type : DType.values()) {
                if (type.isQuantised()) {
                    for (DType cache : new DType[] {DType.F16, DType.F32}) {
                        assertSameBits(new FusedLayer(backend, arena, type, cache, shape), Twins.numbers(width, width));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e38f, 1e-42f, 0f})
    void givesThemForOutliersToo(float outlier) {
        FusedLayer.Shape shape = new FusedLayer.Shape(96, 64, 2, 1, 16, true, 8, false);
        try (GpuBackend backend = new GpuBackend(VmDevice.open(2), Activations.INT8, false);
                Arena arena = Arena.ofShared()) {
            float[] stream = Twins.plain(3, 96);
            stream[37] = outlier;
            assertSameBits(new FusedLayer(backend, arena, DType.Q4_1, DType.F16, shape), stream);
            Arrays.fill(stream, outlier);
            assertSameBits(new FusedLayer(backend, arena, DType.Q8_0, DType.F32, shape), stream);
        }
    }

    /** One row's way through the operations: queries, keys, values, and the stream after each of the two blocks. */
    private static List<float[]> run(FusedLayer layer, boolean fused, float[] stream) {
        int width = layer.shape().width();
        List<float[]> results = new ArrayList<>(layer.attentionInput(fused, stream, Twins.plain(1, width)));
        results.add(layer.addProduct(fused, stream));
        results.add(layer.addFeedForward(fused, results.getLast(), Twins.plain(11, width)));
        return results;
    }

    private static void assertSameBits(FusedLayer layer, float[] stream) {
        List<float[]> plain = run(layer, false, stream);
        List<float[]> fused = run(layer, true, stream);
        List<String> names = List.of("queries", "keys", "values", "after attention", "after feed-forward");
        for (int i = 0; i < names.size(); i++) {
            assertArrayEquals(
                    plain.get(i), fused.get(i), layer.type() + ", " + layer.cacheType() + ": " + names.get(i));
        }
    }

    @Test
    void givesTheSameBitsWhateverTheOrderOfBlocksAndWarpsUnderAllCheckers() {
        FusedLayer.Shape shape = new FusedLayer.Shape(96, 64, 3, 1, 24, true, 6, true);
        List<List<float[]>> results = new ArrayList<>();
        for (Order order : Order.values()) {
            Checker checker = Checker.all();
            VmDevice device =
                    VmDevice.open(LaunchOptions.DEFAULT.withWatcher(checker).withOrder(order, 5));
            try (GpuBackend backend = new GpuBackend(device, Activations.INT8, false);
                    Arena arena = Arena.ofShared()) {
                FusedLayer layer = new FusedLayer(backend, arena, DType.Q4_0, DType.F16, shape);
                results.add(run(layer, true, Twins.numbers(2, 96)));
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
            FusedLayer.Shape shape = new FusedLayer.Shape(96, 64, 3, 1, 24, true, 6, true);
            run(new FusedLayer(backend, arena, DType.Q4_1, DType.F16, shape), true, Twins.plain(1, 96));
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
            FusedLayer.Shape shape = new FusedLayer.Shape(96, 64, 3, 1, 24, true, 6, false);
            run(new FusedLayer(backend, arena, DType.Q4_1, DType.F16, shape), true, Twins.plain(1, 96));
            run(new FusedLayer(backend, arena, DType.F16, DType.F16, shape), true, Twins.plain(1, 96));
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
            FusedLayer.Shape shape = new FusedLayer.Shape(288, 288, 4, 2, 64, false, 32, false);
            run(new FusedLayer(backend, arena, type, DType.F16, shape), fused, Twins.plain(1, 288));
        }
        return counters;
    }
}
