package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What kernels ask of memory, counted on the PTX machine: sectors of 32 bytes within 5 % of the fewest that hold what
 * was asked for, in products of few rows and in appends; and no bank conflict in attention and in any product.
 */
class KernelTrafficTest {
    private static final double MOST_SECTORS = 1.05;
    private static final int WIDTH = 576; // of SmolLM2: its last panel of groups is a quarter full
    private static final List<Integer> HEAD_DIMS = List.of(64, 80, 128);

    private static final String SHORT_PANEL =
            "two groups of 4-byte scales lie in the last panel, a quarter of each of four sectors";

    /** What is not met, and why. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "gate_up_row_int8_q4_1, Q4_1, 576 columns", SHORT_PANEL,
            "qkv_row_int8_q4_1, Q4_1, 576 columns", SHORT_PANEL,
            "kv_append_q8_0, heads of 80",
                    "codes of a token fill two and a half sectors: half of all begin inside one");

    private final CountersByKernel counted = new CountersByKernel();
    private final List<String> findings = new ArrayList<>();
    private final TreeSet<String> seen = new TreeSet<>();

    @Test
    void productsOfFewRowsTouchFewestSectors() throws IOException {
        for (Activations activations : List.of(Activations.F32, Activations.INT8)) {
            with(activations, false, backend -> {
                for (DType type : DType.values()) {
                    for (int rows : new int[] {1, 4}) {
                        product(backend, type, rows, WIDTH, 16);
                        judgeSectors(type + " of " + rows + " rows", "matmul_rows?_.*");
                    }
                }
            });
        }
        assertEquals(List.of(), findings);
        assertEquals(kernels("matmul_rows?_.*"), seen);
    }

    @Test
    void fusedRowsTouchFewestSectors() throws IOException {
        String kernels = "(qkv|gate_up|matmul_add)_row_.*|rms_norm_quantise|quantise_rows";
        with(Activations.INT8, false, backend -> {
            for (DType type : DType.values()) {
                for (int width : new int[] {512, WIDTH}) {
                    boolean halves = width == WIDTH;
                    layer(backend, type, new FusedLayer.Shape(width, 256, 1, 1, 64, halves, 32, halves));
                    judgeSectors(type + ", " + width + " columns", kernels);
                }
            }
        });
        assertEquals(List.of(), findings);
        assertEquals(kernels(kernels), seen);
    }

    @Test
    void appendsTouchFewestSectors() throws IOException {
        with(Activations.F32, false, backend -> {
            for (DType type : List.of(DType.F16, DType.F32, DType.Q8_0)) {
                for (int headDim : HEAD_DIMS) {
                    for (int rows : new int[] {1, 40}) {
                        attention(backend, type, rows, headDim, false);
                        judgeSectors("heads of " + headDim, "kv_append_.*");
                    }
                }
            }
        });
        assertEquals(List.of(), findings);
        assertEquals(kernels("kv_append_.*"), seen);
    }

    @Test
    void productsAndAttentionMeetNoBankTwice() throws IOException {
        with(Activations.F32, false, backend -> {
            products(backend, 1, 4);
            attention(backend);
        });
        with(Activations.F32, true, backend -> products(backend, 20));
        withWarpgroups(backend -> products(backend, 65));
        with(Activations.INT8, false, backend -> {
            products(backend, 1, 4, 20);
            attention(backend);
            for (DType type : DType.values()) {
                layer(backend, type, new FusedLayer.Shape(96, 64, 1, 1, 32, true, 16, false));
                judgeBanks(type + " layer");
            }
        });
        assertEquals(List.of(), findings);
        assertEquals(kernels("(matmul|qkv|gate_up|attention)_.*"), seen);
    }

    private void products(GpuBackend backend, int... rows) {
        for (DType type : DType.values()) {
            for (int count : rows) {
                product(backend, type, count, 288, 64);
                judgeBanks(type + ", " + count + " rows");
            }
        }
    }

    private void attention(GpuBackend backend) {
        for (DType type : List.of(DType.F16, DType.F32, DType.Q8_0)) {
            for (int headDim : HEAD_DIMS) {
                for (int rows : new int[] {1, 3}) {
                    attention(backend, type, rows, headDim, true);
                    judgeBanks(type + ", " + rows + " rows, heads of " + headDim);
                }
            }
        }
    }

    private void with(Activations activations, boolean tensorCores, Consumer<GpuBackend> operations) {
        with(VmDevice.open(counting()), activations, tensorCores, operations);
    }

    /** On a chip of target sm_90a. */
    private void withWarpgroups(Consumer<GpuBackend> operations) {
        with(VmDevice.open(counting(), 90), Activations.F32, true, operations);
    }

    private LaunchOptions counting() {
        return LaunchOptions.DEFAULT.withWorkers(1).withWatcher(counted);
    }

    private static void with(
            VmDevice device, Activations activations, boolean tensorCores, Consumer<GpuBackend> operations) {
        try (GpuBackend backend = new GpuBackend(device, activations, tensorCores)) {
            operations.accept(backend);
        }
    }

    private static Set<String> kernels(String pattern) throws IOException {
        Set<String> names = new TreeSet<>(PtxSourceTest.names());
        names.removeIf(name -> !name.matches(pattern));
        assertFalse(names.isEmpty(), pattern);
        return names;
    }

    private void judgeSectors(String operation, String pattern) {
        for (Map.Entry<String, Counters> entry : counted.take().entrySet()) {
            if (entry.getKey().matches(pattern)) {
                seen.add(entry.getKey());
                Counters.MemoryCount global = entry.getValue().global();
                double share = (double) global.sectors() / global.idealSectors();
                assertTrue(share >= 1, operation);
                if (share > MOST_SECTORS && !EXCEPTIONS.containsKey(entry.getKey() + ", " + operation)) {
                    findings.add(String.format(Locale.ROOT, "%s, %s: %.3f", entry.getKey(), operation, share));
                }
            }
        }
    }

    private void judgeBanks(String operation) {
        for (Map.Entry<String, Counters> entry : counted.take().entrySet()) {
            String kernel = entry.getKey();
            if (kernel.matches("(matmul|qkv|gate_up|attention)_.*")) {
                seen.add(kernel);
                entry.getValue().sharedByLine().forEach((line, count) -> {
                    if (count.bankConflicts() > 0) {
                        findings.add(kernel + ", " + operation + ": " + count.bankConflicts() + " in line " + line);
                    }
                });
            }
        }
    }

    private static void product(GpuBackend backend, DType type, int rows, int columns, int outputs) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bytes = Twins.weights(type, outputs, columns, 1);
            Tensor x = Question.tensor(backend, arena, Twins.plain(2, rows * columns), rows);
            Tensor out = Question.empty(backend, arena, rows, outputs);
            backend.matmul(x, backend.weights(arena, type, outputs, columns, bytes), null, out);
        }
    }

    private static void layer(GpuBackend backend, DType type, FusedLayer.Shape shape) {
        try (Arena arena = Arena.ofShared()) {
            float[] stream = Twins.plain(1, shape.width());
            FusedLayer layer = new FusedLayer(backend, arena, type, DType.F16, shape);
            layer.attentionInput(true, stream, stream);
            layer.addProduct(true, stream);
            layer.addFeedForward(true, stream, stream);
        }
    }

    private static void attention(GpuBackend backend, DType type, int rows, int headDim, boolean attends) {
        try (Arena arena = Arena.ofShared()) {
            Batch batch = new Batch(arena, rows, 1, 6);
            batch.addSequence(IntStream.of(5, 3, 4, 1, 2, 0).toArray(), 6);
            for (int row = 0; row < rows; row++) {
                batch.add(0, (rows == 1 ? 280 : 60) + row, 0, false);
            }
            KvLayer layer = backend.kvLayer(arena, type, 6, 2, headDim);
            Tensor q = Question.tensor(backend, arena, Twins.plain(1, rows * 4 * headDim), rows);
            Tensor k = Question.tensor(backend, arena, Twins.plain(2, rows * 2 * headDim), rows);
            backend.append(k, k, batch, layer);
            if (attends) {
                backend.attend(q, batch, layer, 0.125f, q);
            }
        }
    }
}
