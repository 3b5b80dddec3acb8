package dev.gatun.bench.gpu;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;

/** Makes tensors, batches and caches of random numbers in a backend's memory. */
record Workbench(Backend backend, Arena arena) {
    private static final int APPENDED_ROWS = 256;

    Tensor empty(int rows, int columns) {
        return backend.allocate(arena, DType.F32, rows, columns);
    }

    Tensor normal(long seed, int rows, int columns) {
        Tensor tensor = empty(rows, columns);
        backend.upload(MemorySegment.ofArray(RandomNumbers.normal(seed, rows * columns)), tensor);
        return tensor;
    }

    /** A weight matrix {@code [rows][columns]}. */
    Tensor weight(DType type, int rows, int columns, long seed) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment bytes = scratch.allocate(Math.multiplyExact(type.byteSize(columns), (long) rows), 64);
            RandomNumbers.fillWeights(bytes, type, columns, seed);
            return backend.weights(arena, type, rows, columns, bytes);
        }
    }

    float[] numbers(Tensor tensor) {
        float[] numbers = new float[tensor.rows() * tensor.columns()];
        backend.download(tensor, MemorySegment.ofArray(numbers));
        return numbers;
    }

    /** A batch of one row at the end of each of {@code sequences} contexts, their pages scattered over one pool. */
    Batch lastRows(int sequences, int context) {
        Batch batch = batch(sequences, sequences, context);
        for (int row = 0; row < sequences; row++) {
            batch.add(row, context - 1, row, true);
        }
        return batch;
    }

    /** A batch of the last {@code rows} rows of one context. */
    Batch chunk(int rows, int context) {
        Batch batch = batch(rows, 1, context);
        for (int row = 0; row < rows; row++) {
            batch.add(row, context - rows + row, 0, row == rows - 1);
        }
        return batch;
    }

    private Batch batch(int rows, int sequences, int context) {
        int pages = pages(context);
        Batch batch = new Batch(arena, rows, sequences, pages);
        int[] scattered = scattered(sequences * pages);
        for (int sequence = 0; sequence < sequences; sequence++) {
            int first = sequence * pages;
            batch.addSequence(
                    IntStream.range(first, first + pages).map(i -> scattered[i]).toArray(), pages);
        }
        return batch;
    }

    static int pages(int context) {
        return Math.ceilDiv(context, KvLayer.PAGE_TOKENS);
    }

    private static int[] scattered(int count) {
        int[] pages = IntStream.range(0, count).toArray();
        Random random = new Random(count);
        for (int i = count - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = pages[i];
            pages[i] = pages[other];
            pages[other] = swapped;
        }
        return pages;
    }

    /** A cache whose {@code sequences} contexts are full, in the pages that {@link #lastRows} and {@link #chunk} name. */
    KvLayer fullCache(DType type, int sequences, int context, int kvHeads, int headDim, long seed) {
        int pages = pages(context);
        KvLayer layer = backend.kvLayer(arena, type, sequences * pages, kvHeads, headDim);
        int[] scattered = scattered(sequences * pages);
        try (Arena scratch = Arena.ofShared()) {
            Workbench own = new Workbench(backend, scratch);
            for (int sequence = 0; sequence < sequences; sequence++) {
                int first = sequence * pages;
                int[] table = IntStream.range(first, first + pages)
                        .map(i -> scattered[i])
                        .toArray();
                for (int begin = 0; begin < context; begin += APPENDED_ROWS) {
                    int rows = Math.min(APPENDED_ROWS, context - begin);
                    Batch batch = new Batch(scratch, rows, 1, pages);
                    batch.addSequence(table, pages);
                    for (int row = 0; row < rows; row++) {
                        batch.add(0, begin + row, 0, false);
                    }
                    long place = seed * 31 + sequence * 100_003L + begin;
                    backend.append(
                            own.normal(place, rows, kvHeads * headDim),
                            own.normal(~place, rows, kvHeads * headDim),
                            batch,
                            layer);
                }
            }
        }
        return layer;
    }

    static Rotation rotation(int headDim) {
        double[] frequencies = IntStream.range(0, headDim / 2)
                .mapToDouble(i -> Math.pow(500_000, -2.0 * i / headDim))
                .toArray();
        return new Rotation(Rotation.Pairs.ADJACENT, frequencies, 1);
    }
}
