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
import java.util.List;

/** The coarser operations of a layer on one row: fused, or by the plain operations they stand for. */
record FusedLayer(GpuBackend backend, Arena arena, DType type, DType cacheType, Shape shape) {
    private static final float EPSILON = 1e-5f;
    private static final int PAGES = 3;
    private static final int POSITION = 70;

    /** @param pairs that are turned, of a head's {@code headDim / 2} */
    record Shape(
            int width, int hidden, int heads, int kvHeads, int headDim, boolean halves, int pairs, boolean biased) {
        private Rotation rotation() {
            double[] frequencies = new double[pairs];
            for (int i = 0; i < pairs; i++) {
                frequencies[i] = Math.pow(10_000, -2.0 * i / headDim);
            }
            return new Rotation(halves ? Rotation.Pairs.HALVES : Rotation.Pairs.ADJACENT, frequencies, 1.1f);
        }
    }

    /** Queries, and the whole of the keys and of the values, whatever their type, as numbers whose bits are compared. */
    List<float[]> attentionInput(boolean fused, float[] stream, float[] norm) {
        int width = shape.width();
        int headDim = shape.headDim();
        KvLayer cache = backend.kvLayer(arena, cacheType, PAGES, shape.kvHeads(), headDim);
        Tensor keys = floats(cache.keys());
        Tensor values = floats(cache.values());
        backend.upload(MemorySegment.ofArray(new float[keys.columns()]), keys);
        backend.upload(MemorySegment.ofArray(new float[keys.columns()]), values);
        Batch batch = new Batch(arena, 1, 2, 2);
        batch.addSequence(new int[] {0}, 1);
        batch.addSequence(new int[] {1, 2}, 2);
        batch.add(3, POSITION, 1, true);
        Rotation rotation = shape.rotation();
        Tensor angles = activations(rotation.dimensions());
        backend.angles(batch, rotation, angles);
        Tensor x = vector(stream);
        Tensor normed = activations(width);
        Tensor q = activations(shape.heads() * headDim);
        Tensor k = activations(shape.kvHeads() * headDim);
        Tensor v = activations(shape.kvHeads() * headDim);
        boolean biased = shape.biased();
        AttentionWeights weights = new AttentionWeights(
                vector(norm),
                EPSILON,
                matrix(q.columns(), width, 2),
                biased ? vector(q.columns(), 3) : null,
                matrix(k.columns(), width, 4),
                biased ? vector(k.columns(), 5) : null,
                matrix(v.columns(), width, 6),
                biased ? vector(v.columns(), 7) : null);
        if (fused) {
            backend.attentionInput(x, weights, rotation, angles, batch, cache, normed, q, k, v);
        } else {
            backend.rmsNorm(x, weights.norm(), EPSILON, normed);
            backend.matmul(normed, weights.query(), weights.queryBias(), q);
            backend.matmul(normed, weights.key(), weights.keyBias(), k);
            backend.matmul(normed, weights.value(), weights.valueBias(), v);
            backend.rope(q, headDim, rotation, angles);
            backend.rope(k, headDim, rotation, angles);
            backend.append(k, v, batch, cache);
        }
        return List.of(Twins.floats(backend, q), Twins.floats(backend, keys), Twins.floats(backend, values));
    }

    /** {@code stream} and what attention adds to it, whose output is {@code hidden} wide here. */
    float[] addProduct(boolean fused, float[] stream) {
        int width = shape.width();
        Tensor x = vector(stream);
        Tensor product = activations(width);
        Tensor output = matrix(width, shape.hidden(), 8);
        Tensor attended = vector(Twins.numbers(9, shape.hidden()));
        Tensor bias = shape.biased() ? vector(width, 10) : null;
        if (fused) {
            backend.addProduct(attended, output, bias, product, x);
        } else {
            backend.matmul(attended, output, bias, product);
            backend.add(x, product);
        }
        return Twins.floats(backend, x);
    }

    /** {@code stream} and what the feed-forward block adds to it. */
    float[] addFeedForward(boolean fused, float[] stream, float[] norm) {
        int width = shape.width();
        int hidden = shape.hidden();
        Tensor x = vector(stream);
        Tensor normed = activations(width);
        Tensor gate = activations(hidden);
        Tensor up = activations(hidden);
        Tensor product = activations(width);
        FeedForwardWeights weights = new FeedForwardWeights(
                vector(norm), EPSILON, matrix(hidden, width, 12), matrix(hidden, width, 13), matrix(width, hidden, 14));
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
        return Twins.floats(backend, x);
    }

    private Tensor floats(MemorySegment storage) {
        int count = (int) (KvLayer.byteSize(cacheType, PAGES, shape.kvHeads(), shape.headDim()) / 4);
        return new Tensor(DType.F32, 1, count, storage, 0);
    }

    private Tensor activations(int columns) {
        return backend.allocate(arena, DType.F32, 1, columns);
    }

    private Tensor vector(float[] values) {
        Tensor vector = activations(values.length);
        backend.upload(MemorySegment.ofArray(values), vector);
        return vector;
    }

    private Tensor vector(int columns, long seed) {
        return vector(Twins.plain(seed, columns));
    }

    private Tensor matrix(int rows, int columns, long seed) {
        return backend.weights(arena, type, rows, columns, Twins.weights(type, rows, columns, seed));
    }
}
