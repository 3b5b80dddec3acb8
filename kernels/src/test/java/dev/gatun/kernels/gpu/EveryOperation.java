package dev.gatun.kernels.gpu;

import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Asks a backend for each operation with each type, with one row and with several, in short and long contexts. */
record EveryOperation(GpuBackend backend) implements AutoCloseable {
    private static final int WIDTH = 64;
    private static final int HEAD_DIM = 32;

    void run() {
        try (Arena arena = Arena.ofShared()) {
            for (DType type : DType.values()) {
                Tensor weight = backend.weights(
                        arena, type, WIDTH, WIDTH, MemorySegment.ofArray(new byte[(int) type.byteSize(WIDTH) * WIDTH]));
                for (int rows : new int[] {1, 3, 20}) {
                    backend.embed(weight, batch(arena, rows, 0), activations(arena, rows, WIDTH));
                    backend.matmul(activations(arena, rows, WIDTH), weight, null, activations(arena, rows, WIDTH));
                }
                backend.matmul(activations(arena, 70, WIDTH), weight, null, activations(arena, 70, WIDTH));
            }
            Tensor odd = backend.weights(arena, DType.F16, 3, 7, MemorySegment.ofArray(new byte[3 * 7 * 2]));
            backend.matmul(activations(arena, 2, 7), odd, activations(arena, 1, 3), activations(arena, 2, 3));
            for (DType type : new DType[] {DType.F16, DType.F32, DType.Q8_0}) {
                KvLayer layer = backend.kvLayer(arena, type, 6, 2, HEAD_DIM);
                attend(arena, layer, batch(arena, 1, 5));
                attend(arena, layer, batch(arena, 1, 300));
                attend(arena, layer, batch(arena, 11, 0));
                attend(arena, layer, batch(arena, 40, 230));
            }
            for (DType type : DType.values()) {
                layer(arena, type);
            }
            Tensor x = activations(arena, 3, WIDTH);
            backend.rmsNorm(x, activations(arena, 1, WIDTH), 1e-5f, x);
            backend.swiGlu(x, activations(arena, 3, WIDTH), x);
            backend.add(x, activations(arena, 3, WIDTH));
            backend.argmax(x, new int[3]);
            backend.topK(x, 40, new int[120], new float[120]);
            backend.topK(activations(arena, 2, 5000), 3, new int[6], new float[6]);
            backend.gather(x, batch(arena, 3, 0), activations(arena, 3, WIDTH));
        }
    }

    private void attend(Arena arena, KvLayer layer, Batch batch) {
        Tensor q = activations(arena, batch.rows(), WIDTH * 2);
        Tensor k = activations(arena, batch.rows(), WIDTH);
        Rotation rotation = new Rotation(Rotation.Pairs.HALVES, new double[] {1, 0.5}, 1);
        Tensor angles = activations(arena, batch.rows(), 4);
        backend.angles(batch, rotation, angles);
        backend.rope(q, HEAD_DIM, rotation, angles);
        backend.append(k, k, batch, layer);
        backend.attend(q, batch, layer, 1, q);
    }

    /** The coarser operations on one row. */
    private void layer(Arena arena, DType type) {
        Tensor weight = backend.weights(
                arena, type, WIDTH, WIDTH, MemorySegment.ofArray(new byte[(int) type.byteSize(WIDTH) * WIDTH]));
        Tensor x = activations(arena, 1, WIDTH);
        Tensor scratch = activations(arena, 1, WIDTH);
        Tensor row = activations(arena, 1, WIDTH);
        Tensor other = activations(arena, 1, WIDTH);
        Batch batch = batch(arena, 1, 5);
        Rotation rotation = new Rotation(Rotation.Pairs.ADJACENT, new double[] {1, 0.5}, 1);
        Tensor angles = activations(arena, 1, 4);
        backend.angles(batch, rotation, angles);
        AttentionWeights attention = new AttentionWeights(x, 1e-5f, weight, x, weight, null, weight, null);
        for (DType cache : new DType[] {DType.F16, DType.F32}) {
            KvLayer layer = backend.kvLayer(arena, cache, 6, 2, HEAD_DIM);
            backend.attentionInput(x, attention, rotation, angles, batch, layer, scratch, row, other, other);
        }
        backend.addProduct(row, weight, null, scratch, x);
        FeedForwardWeights feedForward = new FeedForwardWeights(row, 1e-5f, weight, weight, weight);
        backend.addFeedForward(
                x, feedForward, scratch, other, activations(arena, 1, WIDTH), activations(arena, 1, WIDTH));
    }

    private static Batch batch(Arena arena, int rows, int firstPosition) {
        Batch batch = new Batch(arena, rows, 1, 6);
        batch.addSequence(new int[] {5, 3, 1, 0, 2, 4}, 6);
        for (int row = 0; row < rows; row++) {
            batch.add(row, firstPosition + row, 0, true);
        }
        return batch;
    }

    private Tensor activations(Arena arena, int rows, int columns) {
        return backend.allocate(arena, DType.F32, rows, columns);
    }

    @Override
    public void close() {
        backend.close();
    }
}
