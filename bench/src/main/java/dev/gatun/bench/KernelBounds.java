package dev.gatun.bench;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.ptx.count.Chip;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.count.LowerBound;
import dev.gatun.ptx.exec.LaunchOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Every shipped kernel on the PTX machine, at the shapes of a model of a billion weights: what it asks of memory, and the
 * least time that chips would need by their data sheets. A prediction; nothing here is a measurement.
 */
public final class KernelBounds {
    private static final int WIDTH = 2048;
    private static final int HIDDEN = 8192;
    private static final int HEADS = 32;
    private static final int KV_HEADS = 8;
    private static final int HEAD_DIM = 64;
    private static final int VOCABULARY = 49_152;
    private static final int PAGES = 32;
    private static final List<String> CHIPS = List.of("A100", "RTX 4090", "H200");

    private final KernelCounters counted = new KernelCounters();
    private final Device device =
            VmDevice.open(LaunchOptions.DEFAULT.withWorkers(1).withWatcher(counted));
    private final Map<String, String> lines = new LinkedHashMap<>();

    private KernelBounds() {}

    /** Prints a table in Markdown; takes no arguments. */
    public static void main(String[] arguments) {
        KernelBounds bounds = new KernelBounds();
        bounds.run(Activations.F32, false);
        bounds.run(Activations.INT8, false);
        bounds.run(Activations.INT8, true);
        System.out.println("| kernel | operation | warp instructions | sectors to ideal | bank conflicts a wavefront | "
                + String.join(" | ", CHIPS) + " |");
        System.out.println("|---|---|---|---|---|" + "---|".repeat(CHIPS.size()));
        bounds.lines.values().forEach(System.out::println);
    }

    private void run(Activations activations, boolean tensorCores) {
        GpuBackend backend = new GpuBackend(device, activations, tensorCores);
        for (DType type : DType.values()) {
            products(backend, type);
        }
        for (DType type : List.of(DType.F16, DType.F32, DType.Q8_0)) {
            attention(backend, type);
        }
        rows(backend);
        if (activations == Activations.INT8 && !tensorCores) {
            fused(backend);
        }
        // The device is shared and closed by no backend here: the process ends.
    }

    private void products(GpuBackend backend, DType type) {
        try (Arena arena = Arena.ofShared()) {
            Tensor weight = weight(backend, arena, type, WIDTH, WIDTH);
            for (int rows : new int[] {1, 4, 32}) {
                Tensor x = activations(backend, arena, rows, WIDTH);
                Tensor out = activations(backend, arena, rows, WIDTH);
                count("product of " + rows + " x 2048 with 2048 " + type, () -> backend.matmul(x, weight, null, out));
            }
            Batch batch = batch(arena, 1, 0);
            Tensor row = activations(backend, arena, 1, WIDTH);
            count("embed 1 row of " + type, () -> backend.embed(weight, batch, row));
        }
    }

    private void attention(GpuBackend backend, DType type) {
        try (Arena arena = Arena.ofShared()) {
            KvLayer layer = backend.kvLayer(arena, type, PAGES, KV_HEADS, HEAD_DIM);
            for (int[] shape : new int[][] {{1, 1000}, {64, 512}}) {
                Batch batch = batch(arena, shape[0], shape[1]);
                Tensor q = activations(backend, arena, shape[0], HEADS * HEAD_DIM);
                Tensor k = activations(backend, arena, shape[0], KV_HEADS * HEAD_DIM);
                String where =
                        shape[0] + (shape[0] == 1 ? " row" : " rows") + " at " + shape[1] + ", " + type + " cache";
                count("append " + where, () -> backend.append(k, k, batch, layer));
                count("attend " + where, () -> backend.attend(q, batch, layer, 0.125f, q));
            }
        }
    }

    private void rows(GpuBackend backend) {
        try (Arena arena = Arena.ofShared()) {
            for (int rows : new int[] {1, 64}) {
                String many = rows == 1 ? " of 1 row" : " of 64 rows";
                Tensor x = activations(backend, arena, rows, WIDTH);
                Tensor y = activations(backend, arena, rows, WIDTH);
                Tensor norm = activations(backend, arena, 1, WIDTH);
                Batch batch = batch(arena, rows, 0);
                Rotation rotation = rotation();
                Tensor angles = activations(backend, arena, rows, HEAD_DIM);
                backend.angles(batch, rotation, angles);
                counted.take();
                count("norm" + many, () -> backend.rmsNorm(x, norm, 1e-5f, y));
                count("rotation" + many, () -> backend.rope(x, HEAD_DIM, rotation, angles));
                count("SwiGLU" + many, () -> backend.swiGlu(x, y, x));
                count("sum" + many, () -> backend.add(x, y));
            }
            Tensor logits = activations(backend, arena, 1, VOCABULARY);
            count("argmax of 49152", () -> backend.argmax(logits, new int[1]));
            count("top 40 of 49152", () -> backend.topK(logits, 40, new int[40], new float[40]));
        }
    }

    private void fused(GpuBackend backend) {
        for (DType type : List.of(DType.Q8_0, DType.Q4_0, DType.Q4_1)) {
            try (Arena arena = Arena.ofShared()) {
                Tensor norm = activations(backend, arena, 1, WIDTH);
                Tensor square = weight(backend, arena, type, WIDTH, WIDTH);
                Tensor narrow = weight(backend, arena, type, KV_HEADS * HEAD_DIM, WIDTH);
                Tensor wide = weight(backend, arena, type, HIDDEN, WIDTH);
                Tensor down = weight(backend, arena, type, WIDTH, HIDDEN);
                Tensor x = activations(backend, arena, 1, WIDTH);
                Tensor scratch = activations(backend, arena, 1, WIDTH);
                Tensor row = activations(backend, arena, 1, WIDTH);
                Tensor k = activations(backend, arena, 1, KV_HEADS * HEAD_DIM);
                Tensor v = activations(backend, arena, 1, KV_HEADS * HEAD_DIM);
                Tensor gate = activations(backend, arena, 1, HIDDEN);
                Tensor up = activations(backend, arena, 1, HIDDEN);
                Batch batch = batch(arena, 1, 1000);
                Rotation rotation = rotation();
                Tensor angles = activations(backend, arena, 1, HEAD_DIM);
                KvLayer layer = backend.kvLayer(arena, DType.F16, PAGES, KV_HEADS, HEAD_DIM);
                AttentionWeights attention =
                        new AttentionWeights(norm, 1e-5f, square, null, narrow, null, narrow, null);
                FeedForwardWeights feedForward = new FeedForwardWeights(norm, 1e-5f, wide, wide, down);
                backend.angles(batch, rotation, angles);
                counted.take();
                count(
                        "attention input, 1 row, " + type,
                        () -> backend.attentionInput(x, attention, rotation, angles, batch, layer, scratch, row, k, v));
                count("projection and sum, 1 row, " + type, () -> backend.addProduct(row, square, null, scratch, x));
                count(
                        "feed-forward block, 1 row, " + type,
                        () -> backend.addFeedForward(x, feedForward, scratch, gate, up, row));
            }
        }
    }

    private void count(String operation, Runnable run) {
        counted.take();
        run.run();
        counted.take()
                .forEach(
                        (kernel, counters) -> lines.putIfAbsent(kernel + operation, line(kernel, operation, counters)));
    }

    private static String line(String kernel, String operation, Counters counters) {
        Counters.MemoryCount global = counters.global();
        Counters.MemoryCount shared = counters.shared();
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "| `%s` | %s | %,d | %.2f | %s |",
                kernel,
                operation,
                counters.warpInstructions(),
                global.idealSectors() == 0 ? 1 : (double) global.sectors() / global.idealSectors(),
                shared.idealWavefronts() == 0
                        ? "-"
                        : String.format(
                                Locale.ROOT, "%.2f", (double) shared.bankConflicts() / shared.idealWavefronts())));
        for (Chip chip : Chip.ALL) {
            if (CHIPS.contains(chip.name())) {
                LowerBound bound = LowerBound.of(counters, chip);
                line.append(
                        String.format(Locale.ROOT, " %.2f us, %s |", 1e6 * bound.leastSeconds(), bound.bottleneck()));
            }
        }
        return line.toString();
    }

    private static Rotation rotation() {
        double[] frequencies = IntStream.range(0, HEAD_DIM / 2)
                .mapToDouble(i -> Math.pow(10_000, -2.0 * i / HEAD_DIM))
                .toArray();
        return new Rotation(Rotation.Pairs.ADJACENT, frequencies, 1);
    }

    private static Batch batch(Arena arena, int rows, int firstPosition) {
        Batch batch = new Batch(arena, rows, 1, PAGES);
        batch.addSequence(
                IntStream.range(0, PAGES).map(page -> PAGES - 1 - page).toArray(), PAGES);
        for (int row = 0; row < rows; row++) {
            batch.add(row, firstPosition + row, 0, true);
        }
        return batch;
    }

    private static Tensor weight(GpuBackend backend, Arena arena, DType type, int rows, int columns) {
        MemorySegment zeros = MemorySegment.ofArray(new byte[Math.toIntExact(type.byteSize(columns) * rows)]);
        return backend.weights(arena, type, rows, columns, zeros);
    }

    private static Tensor activations(GpuBackend backend, Arena arena, int rows, int columns) {
        return backend.allocate(arena, DType.F32, rows, columns);
    }
}
