package dev.gatun.bench;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.cpu.CpuBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The processor's products and attention, one thread, in processor time: bytes a second of the weights or of the cache, the
 * best of some rounds, beside a read of the same memory. Weights and caches are larger than the processor's own.
 */
public final class CpuKernelSpeed {
    private static final long BYTES = 128 << 20;
    private static final int ROUNDS = 7;
    private static final int[][] SHAPES = {{576, 1536}, {2048, 8192}};
    private static final int[] ROWS = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32};
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuKernelSpeed() {}

    /** {@code [f32|int8] [products] [rows] [attention]}: all by default, with int8 activations. */
    public static void main(String[] arguments) {
        List<String> wanted = List.of(arguments);
        Activations activations = wanted.contains("f32") ? Activations.F32 : Activations.INT8;
        List<String> parts = wanted.stream()
                .filter(each -> !each.equals("f32") && !each.equals("int8"))
                .toList();
        try (CpuBackend backend = new CpuBackend(1, activations)) {
            System.out.println(backend.description());
            if (parts.isEmpty() || parts.contains("products")) {
                products(backend);
            }
            if (parts.isEmpty() || parts.contains("rows")) {
                rows(backend);
            }
            if (parts.isEmpty() || parts.contains("attention")) {
                for (int depth : new int[] {256, 4096}) {
                    for (DType type : new DType[] {DType.F16, DType.F32, DType.Q8_0}) {
                        attention(backend, type, depth, 9, 3, 64);
                        attention(backend, type, depth, 32, 8, 64);
                    }
                    attention(backend, DType.F16, depth, 32, 8, 128);
                }
            }
        }
    }

    /** Nanoseconds of processor time of the fastest round. */
    private static long least(Runnable work) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = THREADS.getCurrentThreadCpuTime();
            work.run();
            least = Math.min(least, THREADS.getCurrentThreadCpuTime() - begin);
        }
        return least;
    }

    private static void read(MemorySegment memory) {
        long sum = 0;
        for (long i = 0; i < memory.byteSize() / 8; i++) {
            sum += memory.getAtIndex(ValueLayout.JAVA_LONG, i);
        }
        if (sum == 1) {
            System.out.println();
        }
    }

    private static List<Tensor> weights(CpuBackend backend, Arena arena, DType type, int rows, int columns) {
        long byteSize = rows * type.byteSize(columns);
        byte[] bytes = new byte[Math.toIntExact(byteSize)];
        new Random(1).nextBytes(bytes);
        MemorySegment source = arena.allocate(byteSize, 64);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, source, 0, byteSize);
        for (long at = 0; at < byteSize; at += type.groupByteSize()) {
            source.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) 0x1c00); // small numbers, whatever the type
        }
        List<Tensor> all = new ArrayList<>();
        for (long sum = 0; sum < BYTES; sum += byteSize) {
            all.add(backend.weights(arena, type, rows, columns, source));
        }
        return all;
    }

    private static void products(CpuBackend backend) {
        System.out.println("one row, GB/s of packed weights");
        for (DType type : DType.values()) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-5s", type));
            for (int[] shape : SHAPES) {
                try (Arena arena = Arena.ofShared()) {
                    List<Tensor> all = weights(backend, arena, type, shape[0], shape[1]);
                    Tensor x = filled(backend, arena, 1, shape[1]);
                    Tensor out = backend.allocate(arena, DType.F32, 1, shape[0]);
                    long nanos = least(() -> all.forEach(weight -> backend.matmul(x, weight, null, out)));
                    long reading = least(() -> all.forEach(weight -> read(weight.storage())));
                    long packed = all.stream()
                            .mapToLong(weight -> weight.storage().byteSize())
                            .sum();
                    line.append(String.format(
                            Locale.ROOT,
                            "   %d x %d: %.1f, read in Java %.1f",
                            shape[0],
                            shape[1],
                            (double) packed / nanos,
                            (double) packed / reading));
                }
            }
            System.out.println(line);
        }
    }

    private static void rows(CpuBackend backend) {
        System.out.println("some rows, 10^9 multiply-adds a second of 2048 x 2048");
        for (DType type : DType.values()) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-5s", type));
            try (Arena arena = Arena.ofShared()) {
                List<Tensor> all = weights(backend, arena, type, 2048, 2048);
                List<Tensor> some = all.subList(0, Math.min(12, all.size()));
                for (int rows : ROWS) {
                    Tensor x = filled(backend, arena, rows, 2048);
                    Tensor out = backend.allocate(arena, DType.F32, rows, 2048);
                    long nanos = least(() -> some.forEach(weight -> backend.matmul(x, weight, null, out)));
                    line.append(
                            String.format(Locale.ROOT, "  %d: %.0f", rows, 2048.0 * 2048 * rows * some.size() / nanos));
                }
            }
            System.out.println(line);
        }
    }

    private static void attention(CpuBackend backend, DType type, int depth, int heads, int kvHeads, int headDim) {
        try (Arena arena = Arena.ofShared()) {
            int pages = depth / KvLayer.PAGE_TOKENS;
            long layerBytes = 2 * KvLayer.byteSize(type, pages, kvHeads, headDim);
            int layers = depth < 1000 ? 1 : Math.toIntExact(Math.ceilDiv(BYTES, layerBytes));
            List<KvLayer> caches = new ArrayList<>();
            Batch batch = new Batch(arena, depth, 1, pages);
            int[] table = new int[pages];
            for (int i = 0; i < pages; i++) {
                table[i] = pages - 1 - i;
            }
            batch.addSequence(table, pages);
            for (int t = 0; t < depth; t++) {
                batch.add(0, t, 0, false);
            }
            Tensor k = filled(backend, arena, depth, kvHeads * headDim);
            long appending = Long.MAX_VALUE;
            for (int i = 0; i < layers; i++) {
                KvLayer layer = backend.kvLayer(arena, type, pages, kvHeads, headDim);
                caches.add(layer);
                long begin = THREADS.getCurrentThreadCpuTime();
                backend.append(k, k, batch, layer);
                backend.append(k, k, batch, layer);
                appending = Math.min(appending, (THREADS.getCurrentThreadCpuTime() - begin) / 2);
            }
            batch.clear();
            batch.addSequence(table, pages);
            batch.add(0, depth - 1, 0, false);
            Tensor q = filled(backend, arena, 1, heads * headDim);
            Tensor out = backend.allocate(arena, DType.F32, 1, heads * headDim);
            int repeats = depth < 1000 ? 200 : 1;
            long nanos = least(() -> {
                for (int i = 0; i < repeats; i++) {
                    caches.forEach(layer -> backend.attend(q, batch, layer, 0.125f, out));
                }
            });
            System.out.printf(
                    Locale.ROOT,
                    "attention %-4s %2d heads on %d of %3d, depth %4d: %6.1f us, %5.1f GB/s; append of a row %5.0f ns%n",
                    type,
                    heads,
                    kvHeads,
                    headDim,
                    depth,
                    nanos / 1e3 / layers / repeats,
                    (double) layers * layerBytes * repeats / nanos,
                    (double) appending / depth);
        }
    }

    private static Tensor filled(CpuBackend backend, Arena arena, int rows, int columns) {
        Tensor tensor = backend.allocate(arena, DType.F32, rows, columns);
        Random random = new Random(2);
        for (long i = 0; i < (long) rows * columns; i++) {
            tensor.storage().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return tensor;
    }
}
