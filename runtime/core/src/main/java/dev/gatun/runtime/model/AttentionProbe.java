package dev.gatun.runtime.model;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.HostBackend;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Watches one head of one layer of a forward pass and keeps its attention probabilities: row {@code r} of the result has
 * the weight of each position up to {@code r}. For people who look; it computes each row again in {@code double}.
 */
public final class AttentionProbe {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final int layer;
    private final int head;
    private final double[][] weights;

    /** @param positions rows that will be seen, of one sequence from its begin */
    public AttentionProbe(int layer, int head, int positions) {
        this.layer = layer;
        this.head = head;
        this.weights = new double[positions][];
    }

    /** {@code [position][position looked at]}; each row sums to 1. */
    public double[][] weights() {
        return weights;
    }

    /** Whether the layer is the one that is watched. */
    boolean watches(int index) {
        return index == layer;
    }

    /**
     * Takes the turned queries and the cache, which already has the rows' own keys.
     *
     * @param q F32 {@code [rows][heads * headDim]} in the memory of a {@link HostBackend}
     */
    void observe(Tensor q, Batch batch, KvLayer cache, float scale) {
        int headDim = cache.headDim();
        int kvHead = head / (q.columns() / headDim / cache.kvHeads());
        float[] query = new float[headDim];
        float[] key = new float[headDim];
        for (int r = 0; r < batch.rows(); r++) {
            long at = q.offset() + r * q.rowByteSize() + (long) head * headDim * Float.BYTES;
            MemorySegment.copy(q.storage(), FLOAT, at, query, 0, headDim);
            double[] row = new double[batch.position(r) + 1];
            for (int t = 0; t < row.length; t++) {
                int page = batch.page(batch.sequence(r), t / KvLayer.PAGE_TOKENS);
                cache.read(cache.keys(), page, kvHead, t % KvLayer.PAGE_TOKENS, key);
                row[t] = scale * dot(query, key);
            }
            softmax(row);
            weights[batch.position(r)] = row;
        }
    }

    private static double dot(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) x[i] * y[i];
        }
        return sum;
    }

    private static void softmax(double[] row) {
        double most = Double.NEGATIVE_INFINITY;
        for (double score : row) {
            most = Math.max(most, score);
        }
        double sum = 0;
        for (int t = 0; t < row.length; t++) {
            row[t] = Math.exp(row[t] - most);
            sum += row[t];
        }
        for (int t = 0; t < row.length; t++) {
            row[t] /= sum;
        }
    }
}
