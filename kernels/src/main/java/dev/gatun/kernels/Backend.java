package dev.gatun.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The mathematics of a decoder: memory verbs and the operations of a layer. Three kinds exist: the reference (scalar,
 * {@code double} sums: the definition), the CPU (the default), and PTX launches.
 *
 * <p>Contract for all: activations are {@link DType#F32} {@code [rows][columns]}; each output row depends on its own
 * input row alone and its sums have one fixed order, so the same row gives the same bits in any batch
 * (<em>batch-invariant</em>). Operations allocate nothing after their first call for a shape. A backend is used by one
 * thread at a time; it may use more threads inside.
 *
 * <p>Shape errors throw {@link IllegalArgumentException} with the values.
 */
public interface Backend extends AutoCloseable {

    /** Short name as the command line spells it: {@code reference}, {@code cpu}, {@code ptxvm}, {@code cuda}. */
    String name();

    /** One phrase for banner and results: tier, vector width, threads, activations. Names a slow tier as such. */
    String description();

    /** The most memory of a GPU that this had at any time, in bytes; 0 without a GPU. Any thread may ask. */
    default long peakGpuBytes() {
        return 0;
    }

    // ---- memory

    /** A new activation matrix, zeroed, that lives as long as {@code arena}. */
    Tensor allocate(Arena arena, DType type, int rows, int columns);

    /**
     * Takes a weight matrix {@code [rows][columns]} in {@link DType}'s byte layout (as GGUF files hold it) into this
     * backend's own memory and layout. {@code source} is not needed afterwards.
     */
    Tensor weights(Arena arena, DType type, int rows, int columns, MemorySegment source);

    /** Storage of one layer's cache with room for {@code pages} pages, zeroed. */
    KvLayer kvLayer(Arena arena, DType type, int pages, int kvHeads, int headDim);

    /** Copies {@code source} over the rows of an activation matrix; sizes must agree. */
    void upload(MemorySegment source, Tensor target);

    /** Copies an activation matrix to {@code target}; sizes must agree. */
    void download(Tensor source, MemorySegment target);

    /**
     * Copies the keys and values of page {@code source} over those of page {@code target}, bit for bit: what a sequence does
     * to the page it writes to when it goes on in two ways. Between steps, not within one.
     */
    void copyPage(KvLayer layer, int source, int target);

    // ---- operations, each on the first batch.rows() rows or on the rows of its tensors

    /** {@code out[r] = table[batch.token(r)]}, dequantised; {@code table} {@code [vocabulary][width]}. */
    void embed(Tensor table, Batch batch, Tensor out);

    /**
     * {@code out[r][c] = x[r][c] / sqrt(mean_c(x[r][c]^2) + epsilon) * weight[c]} (Zhang and Sennrich 2019);
     * {@code weight} F32 {@code [1][width]}. {@code out} may be {@code x}.
     */
    void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out);

    /**
     * {@code out[r][n] = sum_c x[r][c] * weight[n][c] + bias[n]}; {@code x} {@code [rows][in]}, {@code weight}
     * {@code [out][in]}, {@code bias} F32 {@code [1][out]}. {@code out} must not overlap {@code x}.
     */
    void matmul(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out);

    /**
     * Fills {@code out} {@code [batch.rows()][rotation.dimensions()]} with the cosines and sines of each row's position:
     * {@code out[r][2i] = magnitude * cos(angle_i)}, {@code out[r][2i+1] = magnitude * sin(angle_i)}. Once a step, for all
     * layers.
     */
    void angles(Batch batch, Rotation rotation, Tensor out);

    /** Rotates each head of {@code x} {@code [rows][heads * headDim]} in place by the row's {@code angles}. */
    void rope(Tensor x, int headDim, Rotation rotation, Tensor angles);

    /**
     * Stores row {@code r} of {@code k} and {@code v} {@code [rows][kvHeads * headDim]} at {@code batch.position(r)} of
     * its sequence, rounded to the layer's type (to nearest even).
     */
    void append(Tensor k, Tensor v, Batch batch, KvLayer layer);

    /**
     * Causal attention of each row over positions {@code 0..batch.position(r)} of its sequence (Vaswani et al. 2017):
     * {@code out[r][h] = sum_t softmax_t(scale * q[r][h] . key[t][h / (heads / kvHeads)]) * value[t][...]};
     * {@code q} and {@code out} {@code [rows][heads * headDim]}. The rows' own keys were appended before.
     */
    void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out);

    /** {@code out[r][c] = gate[r][c] / (1 + exp(-gate[r][c])) * up[r][c]} (Shazeer 2020). {@code out} may be {@code gate}. */
    void swiGlu(Tensor gate, Tensor up, Tensor out);

    /** {@code x[r][c] += y[r][c]}. */
    void add(Tensor x, Tensor y);

    /** {@code out[i] = x[batch.logitRow(i)]} for the rows that asked for logits. */
    void gather(Tensor x, Batch batch, Tensor out);

    // ---- coarser operations, which a backend overrides when it can fuse

    /** The three projections of an attention block on the same input. */
    default void qkv(
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
        matmul(x, queryWeight, queryBias, q);
        matmul(x, keyWeight, keyBias, k);
        matmul(x, valueWeight, valueBias, v);
    }

    /**
     * {@code out = down(swiGlu(gate(x), up(x)))}; {@code gateOut} and {@code upOut} {@code [rows][hidden]} are scratch and
     * hold unspecified values afterwards.
     */
    default void feedForward(
            Tensor x, Tensor gateWeight, Tensor upWeight, Tensor downWeight, Tensor gateOut, Tensor upOut, Tensor out) {
        matmul(x, gateWeight, null, gateOut);
        matmul(x, upWeight, null, upOut);
        swiGlu(gateOut, upOut, gateOut);
        matmul(gateOut, downWeight, null, out);
    }

    /**
     * What an attention block does before it attends: {@code normed = rmsNorm(x)}, its three projections, {@link #rope} of
     * queries and keys, {@link #append} of keys and values. {@code q} holds the turned queries; {@code normed}, {@code k}
     * and {@code v} are scratch and hold unspecified values afterwards.
     */
    default void attentionInput(
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
        rmsNorm(x, weights.norm(), weights.epsilon(), normed);
        qkv(
                normed,
                weights.query(),
                weights.queryBias(),
                weights.key(),
                weights.keyBias(),
                weights.value(),
                weights.valueBias(),
                q,
                k,
                v);
        rope(q, layer.headDim(), rotation, angles);
        rope(k, layer.headDim(), rotation, angles);
        append(k, v, batch, layer);
    }

    /**
     * {@code sum[r][n] += sum_c x[r][c] * weight[n][c] + bias[n]}: a projection back into the residual stream.
     * {@code product} has the shape of {@code sum}, is scratch and holds unspecified values afterwards.
     */
    default void addProduct(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor product, Tensor sum) {
        matmul(x, weight, bias, product);
        add(sum, product);
    }

    /**
     * A whole feed-forward block: {@code x += down(swiGlu(gate(n), up(n)))} with {@code n = rmsNorm(x)}. {@code normed} and
     * {@code product} have the shape of {@code x}; they, {@code gateOut} and {@code upOut} are scratch and hold unspecified
     * values afterwards.
     */
    default void addFeedForward(
            Tensor x, FeedForwardWeights weights, Tensor normed, Tensor gateOut, Tensor upOut, Tensor product) {
        rmsNorm(x, weights.norm(), weights.epsilon(), normed);
        feedForward(normed, weights.gate(), weights.up(), weights.down(), gateOut, upOut, product);
        add(x, product);
    }

    /**
     * Runs one step: {@code operations} calls this backend's operations on {@code batch}. A backend may note these calls and
     * repeat them in a later step without running {@code operations}, if it is given the same object, and as many rows and
     * logit rows: so the calls depend on these and on the contents of the batch alone, and move no memory.
     */
    default void step(Batch batch, Runnable operations) {
        operations.run();
    }

    /** Stops what the backend started (threads, device). Tensors die with their arenas, not here. */
    @Override
    void close();
}
