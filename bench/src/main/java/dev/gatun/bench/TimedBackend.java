package dev.gatun.bench;

import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Another backend, whose operations are timed one by one. Steps with the same calls are compared call by call, and the least
 * time of each counts: what a busy neighbour took in one step, it did not take in all of them.
 */
final class TimedBackend implements Backend {
    private final Backend inner;
    private final boolean whole;
    private final List<String> names = new ArrayList<>();
    private long[] least = {};
    private int calls;
    private long since;

    /** @param whole whether blocks of a layer are one operation, or taken apart */
    TimedBackend(Backend inner, boolean whole) {
        this.inner = inner;
        this.whole = whole;
    }

    /** Forgets all times. */
    void clear() {
        names.clear();
        least = new long[0];
    }

    /** Nanoseconds of a step by operation. */
    Map<String, Long> nanos() {
        Map<String, Long> sums = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            sums.merge(names.get(i), least[i], Long::sum);
        }
        return sums;
    }

    private void begin() {
        since = System.nanoTime();
    }

    private void end(String name) {
        long nanos = System.nanoTime() - since;
        if (calls == names.size()) {
            names.add(name);
            least = Arrays.copyOf(least, names.size());
            least[calls] = nanos;
        }
        least[calls] = Math.min(least[calls], nanos);
        calls++;
    }

    @Override
    public void step(Batch batch, Runnable operations) {
        calls = 0;
        inner.step(batch, operations);
    }

    @Override
    public void embed(Tensor table, Batch batch, Tensor out) {
        begin();
        inner.embed(table, batch, out);
        end("embed, angles, gather");
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        begin();
        inner.rmsNorm(x, weight, epsilon, out);
        end("norms");
    }

    @Override
    public void matmul(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out) {
        begin();
        inner.matmul(x, weight, bias, out);
        end("product " + weight.rows() + " x " + weight.columns());
    }

    @Override
    public void angles(Batch batch, Rotation rotation, Tensor out) {
        begin();
        inner.angles(batch, rotation, out);
        end("embed, angles, gather");
    }

    @Override
    public void rope(Tensor x, int headDim, Rotation rotation, Tensor angles) {
        begin();
        inner.rope(x, headDim, rotation, angles);
        end("rotation");
    }

    @Override
    public void append(Tensor k, Tensor v, Batch batch, KvLayer layer) {
        begin();
        inner.append(k, v, batch, layer);
        end("append");
    }

    @Override
    public void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out) {
        begin();
        inner.attend(q, batch, layer, scale, out);
        end("attention");
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        begin();
        inner.swiGlu(gate, up, out);
        end("swiGlu");
    }

    @Override
    public void add(Tensor x, Tensor y) {
        begin();
        inner.add(x, y);
        end("sums");
    }

    @Override
    public void gather(Tensor x, Batch batch, Tensor out) {
        begin();
        inner.gather(x, batch, out);
        end("embed, angles, gather");
    }

    @Override
    public void qkv(
            Tensor x,
            Tensor queryWeight,
            @Nullable Tensor queryBias,
            Tensor keyWeight,
            @Nullable Tensor keyBias,
            Tensor valueWeight,
            @Nullable Tensor valueBias,
            Tensor q,
            Tensor k,
            Tensor v) {
        begin();
        inner.qkv(x, queryWeight, queryBias, keyWeight, keyBias, valueWeight, valueBias, q, k, v);
        end("products of queries, keys, values");
    }

    @Override
    public void attentionInput(
            Tensor x,
            AttentionWeights weights,
            Rotation rotation,
            Tensor angles,
            Batch batch,
            KvLayer layer,
            Tensor normed,
            Tensor q,
            Tensor k,
            Tensor v) {
        if (!whole) {
            Backend.super.attentionInput(x, weights, rotation, angles, batch, layer, normed, q, k, v);
            return;
        }
        begin();
        inner.attentionInput(x, weights, rotation, angles, batch, layer, normed, q, k, v);
        end("before attention");
    }

    @Override
    public void addProduct(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor product, Tensor sum) {
        if (!whole) {
            Backend.super.addProduct(x, weight, bias, product, sum);
            return;
        }
        begin();
        inner.addProduct(x, weight, bias, product, sum);
        end("after attention");
    }

    @Override
    public void addFeedForward(
            Tensor x, FeedForwardWeights weights, Tensor normed, Tensor gateOut, Tensor upOut, Tensor product) {
        if (!whole) {
            Backend.super.addFeedForward(x, weights, normed, gateOut, upOut, product);
            return;
        }
        begin();
        inner.addFeedForward(x, weights, normed, gateOut, upOut, product);
        end("feed-forward");
    }

    // ---- not timed

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public String description() {
        return inner.description();
    }

    @Override
    public Tensor allocate(Arena arena, DType type, int rows, int columns) {
        return inner.allocate(arena, type, rows, columns);
    }

    @Override
    public Tensor weights(Arena arena, DType type, int rows, int columns, MemorySegment source) {
        return inner.weights(arena, type, rows, columns, source);
    }

    @Override
    public KvLayer kvLayer(Arena arena, DType type, int pages, int kvHeads, int headDim) {
        return inner.kvLayer(arena, type, pages, kvHeads, headDim);
    }

    @Override
    public void upload(MemorySegment source, Tensor target) {
        inner.upload(source, target);
    }

    @Override
    public void download(Tensor source, MemorySegment target) {
        inner.download(source, target);
    }

    @Override
    public void copyPage(KvLayer layer, int source, int target) {
        inner.copyPage(layer, source, target);
    }

    @Override
    public void close() {
        inner.close();
    }
}
