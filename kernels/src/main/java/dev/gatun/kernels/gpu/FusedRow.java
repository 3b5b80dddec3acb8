package dev.gatun.kernels.gpu;

import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Launches what a layer does to one row of int8 activations in seven kernels and attention, instead of twenty:
 * {@code rms_norm_quantise}, {@code qkv_row_int8_*}; {@code quantise_rows}, {@code matmul_add_row_int8_*}; and
 * {@code rms_norm_quantise}, {@code gate_up_row_int8_*}, {@code matmul_add_row_int8_*}. Each gives the bits of the plain
 * kernels it stands for.
 */
final class FusedRow implements AutoCloseable {
    private static final int NORM_THREADS = 256;
    private static final int THREADS = 128;
    private static final int OUTPUTS_PER_BLOCK = 16;
    private static final int PAIRS_PER_BLOCK = 16;
    private static final int GATE_UP_THREADS = 256;
    private static final int GATE_UP_OUTPUTS = 32;

    private final Kernel normQuantise;
    private final Quantise quantise;
    private final KernelsByType qkv;
    private final KernelsByType gateUp;
    private final KernelsByType matmulAdd;
    private final QuantisedRows input;
    private final QuantisedRows hidden;

    FusedRow(Arena arena, Device device, Quantise quantise) {
        this.normQuantise = new Kernel(arena, device, "rms_norm_quantise", NORM_THREADS);
        this.quantise = quantise;
        this.qkv = new KernelsByType(arena, device, "qkv_row_int8", THREADS);
        this.gateUp = new KernelsByType(arena, device, "gate_up_row_int8", GATE_UP_THREADS);
        this.matmulAdd = new KernelsByType(arena, device, "matmul_add_row_int8", THREADS);
        this.input = new QuantisedRows(device);
        this.hidden = new QuantisedRows(device);
    }

    void attentionInput(
            Tensor x,
            AttentionWeights weights,
            GpuMatrix query,
            GpuMatrix key,
            GpuMatrix value,
            Rotation rotation,
            Tensor angles,
            StepBlock step,
            KvLayer layer,
            Tensor q) {
        normalise(x, weights.norm(), weights.epsilon());
        int headDim = layer.headDim();
        int heads = q.columns() / headDim;
        int pairs = rotation.dimensions() / 2;
        boolean adjacent = rotation.pairs() == Rotation.Pairs.ADJACENT;
        Kernel kernel = qkv.of(query.layout());
        ParamBlock parameters = kernel.parameters();
        input.push(parameters);
        query.push(parameters);
        Kernel.pushOrNull(parameters, weights.queryBias());
        key.push(parameters);
        Kernel.pushOrNull(parameters, weights.keyBias());
        value.push(parameters);
        Kernel.pushOrNull(parameters, weights.valueBias());
        Kernel.push(parameters, angles);
        Kernel.push(parameters, q);
        parameters.pointer(layer.keys(), 0).pointer(layer.values(), 0);
        step.pushPositions(parameters);
        step.pushSequences(parameters);
        step.pushPages(parameters);
        parameters
                .u32(step.pagesPerSequence())
                .u32(x.columns())
                .u32(heads)
                .u32(layer.kvHeads())
                .u32(headDim)
                .u32(pairs)
                .u32(adjacent ? 2 : 1)
                .u32(adjacent ? 1 : pairs)
                .u32(layer.type().groupByteSize());
        int allPairs = (heads + 2 * layer.kvHeads()) * (headDim / 2);
        kernel.grid(Math.ceilDiv(allPairs, PAIRS_PER_BLOCK), 1, 1);
        kernel.launch();
    }

    /** {@code sum += weight x + bias}. */
    void addProduct(Tensor x, GpuMatrix weight, @Nullable Tensor bias, Tensor sum) {
        quantise.launch(x, input);
        addProduct(input, weight, bias, sum);
    }

    void addFeedForward(Tensor x, FeedForwardWeights weights, GpuMatrix gate, GpuMatrix up, GpuMatrix down) {
        normalise(x, weights.norm(), weights.epsilon());
        hidden.reserve(1, gate.rows());
        Kernel kernel = gateUp.of(gate.layout());
        ParamBlock parameters = kernel.parameters();
        input.push(parameters);
        gate.push(parameters);
        up.push(parameters);
        hidden.push(parameters);
        parameters.u32(x.columns());
        kernel.grid(gate.rows() / GATE_UP_OUTPUTS, 1, 1);
        kernel.launch();
        addProduct(hidden, down, null, x);
    }

    private void normalise(Tensor x, Tensor norm, float epsilon) {
        input.reserve(1, x.columns());
        ParamBlock parameters = normQuantise.parameters();
        Kernel.push(parameters, x);
        Kernel.push(parameters, norm);
        input.push(parameters);
        parameters.u32(x.columns()).f32(epsilon);
        normQuantise.grid(1, 1, 1);
        normQuantise.launch();
    }

    private void addProduct(QuantisedRows codes, GpuMatrix weight, @Nullable Tensor bias, Tensor sum) {
        Kernel kernel = matmulAdd.of(weight.layout());
        ParamBlock parameters = kernel.parameters();
        codes.push(parameters);
        weight.push(parameters);
        Kernel.pushOrNull(parameters, bias);
        Kernel.push(parameters, sum);
        parameters.u32(weight.columns()).u32(weight.rows());
        kernel.grid(Math.ceilDiv(weight.rows(), OUTPUTS_PER_BLOCK), 1, 1);
        kernel.launch();
    }

    @Override
    public void close() {
        input.close();
        hidden.close();
    }
}
