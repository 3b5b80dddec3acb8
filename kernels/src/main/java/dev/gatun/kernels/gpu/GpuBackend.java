package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Shapes;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A machine that runs PTX. Weights are repacked when they are loaded (see {@link GpuMatrix}); the step block goes to the
 * device once a step; a launch allocates nothing.
 *
 * <p>Heads have a multiple of 8 elements and at most 128.
 */
public final class GpuBackend implements Backend {
    private final Device device;
    private final Arena arena = Arena.ofShared(); // parameter blocks and frequencies
    private final Ladder ladder;
    private final StepBlock step;
    private final StepRecordings recordings;
    private final Embed embed;
    private final RmsNorm rmsNorm;
    private final Matmul matmul;
    private final FusedRow fusedRow;
    private final Rotary rotary;
    private final KvAppend append;
    private final Attention attention;
    private final Elementwise elementwise;
    private final Argmax argmax;
    private final TopK topK;
    private final IdentityHashMap<MemorySegment, GpuMatrix> matrices = new IdentityHashMap<>();

    /** A backend on {@code device}, which it closes, with float32 activations. */
    public GpuBackend(Device device) {
        this(device, Activations.F32, false);
    }

    /**
     * A backend on {@code device}, which it closes.
     *
     * <p>Attention over an f16 cache uses tensor cores, which round queries and weights to f16, unless everything is asked
     * for in float32: the same bits for a row in any batch either way.
     *
     * @param activations what products quantise their input to; {@link Activations#AUTO} is {@link Activations#INT8}: a
     *     quarter of the instructions for each weight
     * @param tensorCores whether products of many rows use tensor cores, which round their input to f16 (bf16 where the
     *     weights are): faster prefill, but a row then has other bits in a batch of many rows than alone, which the contract
     *     of {@link Backend} does not allow otherwise
     */
    public GpuBackend(Device device, Activations activations, boolean tensorCores) {
        this.device = device;
        this.ladder = new Ladder(activations != Activations.F32, tensorCores, device.architecture());
        this.step = new StepBlock(device);
        this.recordings = new StepRecordings(device, step);
        this.embed = new Embed(arena, device);
        this.rmsNorm = new RmsNorm(arena, device);
        Quantise quantise = new Quantise(arena, device);
        this.matmul = new Matmul(arena, device, quantise, ladder);
        this.fusedRow = new FusedRow(arena, device, quantise);
        this.rotary = new Rotary(arena, device);
        this.append = new KvAppend(arena, device);
        this.attention = new Attention(arena, device, ladder);
        this.elementwise = new Elementwise(arena, device);
        this.argmax = new Argmax(arena, device);
        this.topK = new TopK(arena, device);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public String description() {
        return device.description() + ", activations " + (ladder.int8() ? "int8" : "f32")
                + (ladder.tensorCores()
                        ? ", f16 tensor cores in prefill (rows are not the same bits in every batch)"
                        : "");
    }

    @Override
    public long peakGpuBytes() {
        return device.peakBytes();
    }

    /** Whether there are kernels for heads of {@code headDim} elements. */
    public static boolean takesHeads(int headDim) {
        return headDim % Attention.HEAD_DIM_MULTIPLE == 0 && headDim <= Attention.MAX_HEAD_DIM;
    }

    /** Bytes of a weight matrix {@code [rows][columns]} on the device, which keeps some types otherwise than files do. */
    public static long weightByteSize(DType type, int rows, int columns) {
        return new Repacking(type, rows, columns).byteSize();
    }

    // ---- memory

    @Override
    public Tensor allocate(Arena arena, DType type, int rows, int columns) {
        long byteSize = Math.multiplyExact(type.byteSize(columns), (long) rows);
        return new Tensor(type, rows, columns, device.allocate(arena, Math.max(1, byteSize)), 0);
    }

    @Override
    public Tensor weights(Arena arena, DType type, int rows, int columns, MemorySegment source) {
        Shapes.weights(type, rows, columns, source.byteSize());
        Repacking repacking = new Repacking(type, rows, columns);
        MemorySegment storage = device.allocate(arena, repacking.byteSize());
        try (Arena scratch = Arena.ofConfined()) {
            device.copyIn(repacking.repack(scratch, source), storage, 0);
        }
        matrices.put(
                storage,
                new GpuMatrix(
                        repacking.layout(),
                        rows,
                        columns,
                        repacking.paddedColumns(),
                        storage,
                        repacking.scalesOffset()));
        return new Tensor(type, rows, columns, storage, 0);
    }

    @Override
    public KvLayer kvLayer(Arena arena, DType type, int pages, int kvHeads, int headDim) {
        if (!takesHeads(headDim)) {
            throw new IllegalArgumentException(
                    name() + " takes heads of a multiple of " + Attention.HEAD_DIM_MULTIPLE + " elements, at most "
                            + Attention.MAX_HEAD_DIM + ": headDim=" + headDim + "; use the cpu backend");
        }
        long byteSize = KvLayer.byteSize(type, pages, kvHeads, headDim);
        return new KvLayer(
                type, pages, kvHeads, headDim, device.allocate(arena, byteSize), device.allocate(arena, byteSize));
    }

    @Override
    public void upload(MemorySegment source, Tensor target) {
        Shapes.transfer(target, source.byteSize());
        device.copyIn(source, target.storage(), target.offset());
    }

    @Override
    public void download(Tensor source, MemorySegment target) {
        Shapes.transfer(source, target.byteSize());
        device.copyOut(source.storage(), source.offset(), target);
    }

    @Override
    public void copyPage(KvLayer layer, int source, int target) {
        Shapes.copyPage(layer, source, target);
        long byteSize = layer.pageByteSize();
        device.copy(layer.keys(), source * byteSize, layer.keys(), target * byteSize, byteSize);
        device.copy(layer.values(), source * byteSize, layer.values(), target * byteSize, byteSize);
    }

    // ---- operations

    @Override
    public void embed(Tensor table, Batch batch, Tensor out) {
        Shapes.embed(table, batch, out);
        if (out.rows() > 0) {
            step.refresh(batch);
            recordings.embeds(table);
            embed.launch(matrix(table), step, out);
        }
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        Shapes.rmsNorm(x, weight, out);
        if (x.rows() > 0) {
            rmsNorm.launch(x, weight, epsilon, out);
        }
    }

    @Override
    public void matmul(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Shapes.matmul(x, weight, bias, out);
        if (x.rows() > 0) {
            matmul.input(x).multiply(matrix(weight), bias, out);
        }
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
        Shapes.matmul(x, queryWeight, queryBias, q);
        Shapes.matmul(x, keyWeight, keyBias, k);
        Shapes.matmul(x, valueWeight, valueBias, v);
        if (x.rows() > 0) {
            matmul.input(x);
            matmul.multiply(matrix(queryWeight), queryBias, q);
            matmul.multiply(matrix(keyWeight), keyBias, k);
            matmul.multiply(matrix(valueWeight), valueBias, v);
        }
    }

    @Override
    public void feedForward(
            Tensor x, Tensor gateWeight, Tensor upWeight, Tensor downWeight, Tensor gateOut, Tensor upOut, Tensor out) {
        Shapes.matmul(x, gateWeight, null, gateOut);
        Shapes.matmul(x, upWeight, null, upOut);
        if (x.rows() > 0) {
            matmul.input(x);
            matmul.multiply(matrix(gateWeight), null, gateOut);
            matmul.multiply(matrix(upWeight), null, upOut);
            swiGlu(gateOut, upOut, gateOut);
            matmul(gateOut, downWeight, null, out);
        }
    }

    @Override
    public void angles(Batch batch, Rotation rotation, Tensor out) {
        Shapes.angles(batch, rotation, out);
        if (out.rows() > 0) {
            step.refresh(batch);
            rotary.angles(step, rotation, out);
        }
    }

    @Override
    public void rope(Tensor x, int headDim, Rotation rotation, Tensor angles) {
        Shapes.rope(x, headDim, rotation, angles);
        if (x.rows() > 0) {
            rotary.rope(x, headDim, rotation, angles);
        }
    }

    @Override
    public void append(Tensor k, Tensor v, Batch batch, KvLayer layer) {
        Shapes.append(k, v, batch, layer);
        if (k.rows() > 0) {
            step.refresh(batch);
            recordings.caches(layer);
            append.launch(k, v, step, layer);
        }
    }

    @Override
    public void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out) {
        Shapes.attend(q, batch, layer, out);
        if (q.rows() > 0) {
            step.refresh(batch);
            recordings.caches(layer);
            attention.launch(q, step, layer, scale, out);
        }
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        Shapes.same("swiGlu", gate, up);
        Shapes.same("swiGlu", gate, out);
        if (gate.rows() > 0) {
            elementwise.swiGlu(gate, up, out);
        }
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Shapes.same("add", x, y);
        if (x.rows() > 0) {
            elementwise.add(x, y);
        }
    }

    @Override
    public void gather(Tensor x, Batch batch, Tensor out) {
        Shapes.gather(x, batch, out);
        if (out.rows() > 0) {
            step.refresh(batch);
            elementwise.gather(x, step, out);
        }
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
        GpuMatrix query = matrix(weights.query());
        GpuMatrix key = matrix(weights.key());
        GpuMatrix value = matrix(weights.value());
        if (ladder.attentionInput(x.rows(), query, key, value, layer) == Rung.ATTENTION_INPUT_APART) {
            Backend.super.attentionInput(x, weights, rotation, angles, batch, layer, normed, q, k, v);
            return;
        }
        Shapes.rmsNorm(x, weights.norm(), normed);
        Shapes.matmul(normed, weights.query(), weights.queryBias(), q);
        Shapes.matmul(normed, weights.key(), weights.keyBias(), k);
        Shapes.matmul(normed, weights.value(), weights.valueBias(), v);
        Shapes.rope(q, layer.headDim(), rotation, angles);
        Shapes.append(k, v, batch, layer);
        step.refresh(batch);
        recordings.caches(layer);
        fusedRow.attentionInput(x, weights, query, key, value, rotation, angles, step, layer, q);
    }

    @Override
    public void addProduct(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor product, Tensor sum) {
        GpuMatrix matrix = matrix(weight);
        if (ladder.addProduct(x.rows(), matrix) == Rung.ADD_PRODUCT_APART) {
            Backend.super.addProduct(x, weight, bias, product, sum);
            return;
        }
        Shapes.matmul(x, weight, bias, product);
        Shapes.same("addProduct", product, sum);
        fusedRow.addProduct(x, matrix, bias, sum);
    }

    @Override
    public void addFeedForward(
            Tensor x, FeedForwardWeights weights, Tensor normed, Tensor gateOut, Tensor upOut, Tensor product) {
        GpuMatrix gate = matrix(weights.gate());
        GpuMatrix up = matrix(weights.up());
        GpuMatrix down = matrix(weights.down());
        if (ladder.feedForward(x.rows(), gate, up, down) == Rung.FEED_FORWARD_APART) {
            Backend.super.addFeedForward(x, weights, normed, gateOut, upOut, product);
            return;
        }
        Shapes.rmsNorm(x, weights.norm(), normed);
        Shapes.matmul(normed, weights.gate(), null, gateOut);
        Shapes.matmul(normed, weights.up(), null, upOut);
        Shapes.same("addFeedForward", gateOut, upOut);
        Shapes.matmul(gateOut, weights.down(), null, product);
        Shapes.same("addFeedForward", product, x);
        fusedRow.addFeedForward(x, weights, gate, up, down);
    }

    /** Decode steps are recorded when they are met a second time, and replayed. */
    @Override
    public void step(Batch batch, Runnable operations) {
        if (batch.rows() == 0) {
            operations.run();
            return;
        }
        step.refresh(batch);
        recordings.run(batch, operations);
    }

    /**
     * The column of the largest element of each row of {@code logits}, the lowest of equal ones: greedy decoding that brings
     * 8 bytes a row to the host. Not an operation of every backend.
     *
     * @throws IllegalArgumentException if {@code columns} is shorter than {@code logits} has rows
     */
    public void argmax(Tensor logits, int[] columns) {
        if (columns.length < logits.rows() || logits.type() != DType.F32 || logits.columns() < 1) {
            throw new IllegalArgumentException("argmax: columns.length=" + columns.length + ", logits=" + logits.type()
                    + " [" + logits.rows() + "][" + logits.columns() + "]");
        }
        if (logits.rows() > 0) {
            argmax.launch(logits, columns);
        }
    }

    /**
     * The {@code k} largest elements of each row of {@code logits} in descending order, equal ones by ascending column:
     * sampling that brings {@code 8 k} bytes a row to the host. Rows go to {@code columns} and {@code values} one after
     * another, {@code k} entries each. The order is total: -0 is below 0, NaN above infinity if its sign bit is clear and
     * below -infinity if it is set, so that a NaN shows as the first entry (or the last). Not an operation of every backend.
     *
     * @param k 1 to 64, and at most the columns of {@code logits}
     * @throws IllegalArgumentException if {@code k} is out of range or {@code columns} or {@code values} is too short
     */
    public void topK(Tensor logits, int k, int[] columns, float[] values) {
        long entries = (long) logits.rows() * k;
        if (k < 1 || k > Math.min(TopK.MAX_K, logits.columns()) || logits.type() != DType.F32) {
            throw new IllegalArgumentException("topK takes k from 1 to " + TopK.MAX_K + " and F32 logits of at least k"
                    + " columns: k=" + k + ", logits=" + logits.type() + " [" + logits.rows() + "]["
                    + logits.columns() + "]");
        }
        if (columns.length < entries || values.length < entries) {
            throw new IllegalArgumentException("topK: " + entries + " entries do not fit: columns.length="
                    + columns.length + ", values.length=" + values.length);
        }
        if (logits.rows() > 0) {
            topK.launch(logits, k, columns, values);
        }
    }

    @Override
    public void close() {
        step.close();
        matmul.close();
        fusedRow.close();
        attention.close();
        argmax.close();
        topK.close();
        arena.close();
        device.close();
    }

    private GpuMatrix matrix(Tensor weight) {
        GpuMatrix matrix = matrices.get(weight.storage());
        if (matrix == null) {
            throw new IllegalArgumentException("not a weight matrix of this backend: " + weight.type() + " ["
                    + weight.rows() + "][" + weight.columns() + "]");
        }
        return matrix;
    }
}
