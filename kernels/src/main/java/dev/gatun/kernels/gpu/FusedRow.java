package dev.gatun.kernels.gpu;

import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Launches what a layer does to one row of int8 activations in seven kernels and attention, instead of twenty:
 * {@code rms_norm_quantise}, {@code qkv_row_int8_*}; {@code quantise_rows}, {@code matmul_add_row_int8_*}; and
 * {@code rms_norm_quantise}, {@code gate_up_row_int8_*}, {@code matmul_add_row_int8_*}. Each gives the bits of the plain
 * kernels it stands for.
 */
final class FusedRow implements AutoCloseable {
    private static final int NORM_THREADS = 256;
    private static final int QUANTISE_THREADS = 256;
    private static final int THREADS = 128;
    private static final int OUTPUTS_PER_BLOCK = 16;
    private static final int PAIRS_PER_BLOCK = 16;
    private static final int GATE_UP_THREADS = 256;
    private static final int GATE_UP_OUTPUTS = 32;

    private final Kernel normQuantise;
    private final Kernel quantise;
    private final KernelsByType qkv;
    private final KernelsByType gateUp;
    private final KernelsByType matmulAdd;
    private final Codes input;
    private final Codes hidden;

    FusedRow(Arena arena, Device device) {
        this.normQuantise = new Kernel(arena, device, "rms_norm_quantise", NORM_THREADS);
        this.quantise = new Kernel(arena, device, "quantise_rows", QUANTISE_THREADS);
        this.qkv = new KernelsByType(arena, device, "qkv_row_int8", THREADS);
        this.gateUp = new KernelsByType(arena, device, "gate_up_row_int8", GATE_UP_THREADS);
        this.matmulAdd = new KernelsByType(arena, device, "matmul_add_row_int8", THREADS);
        this.input = new Codes(device);
        this.hidden = new Codes(device);
    }

    /** Whether {@link #attentionInput} takes these. */
    static boolean takes(GpuMatrix query, GpuMatrix key, GpuMatrix value, KvLayer layer) {
        return query.layout().isQuantised()
                && query.layout() == key.layout()
                && key.layout() == value.layout()
                && layer.headDim() % Attention.HEAD_DIM_MULTIPLE == 0
                && (layer.type() == DType.F16 || layer.type() == DType.F32);
    }

    /** Whether {@link #addFeedForward} takes these. */
    static boolean takes(GpuMatrix gate, GpuMatrix up, GpuMatrix down) {
        return gate.layout().isQuantised()
                && gate.layout() == up.layout()
                && down.layout().isQuantised();
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
        push(parameters, query);
        push(parameters, weights.queryBias());
        push(parameters, key);
        push(parameters, weights.keyBias());
        push(parameters, value);
        push(parameters, weights.valueBias());
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
        input.reserve(x.columns());
        ParamBlock parameters = quantise.parameters();
        Kernel.push(parameters, x);
        input.push(parameters);
        parameters.u32(x.columns());
        quantise.grid(1, Math.ceilDiv(x.columns(), QUANTISE_THREADS), 1);
        quantise.launch();
        addProduct(input, weight, bias, sum);
    }

    void addFeedForward(Tensor x, FeedForwardWeights weights, GpuMatrix gate, GpuMatrix up, GpuMatrix down) {
        normalise(x, weights.norm(), weights.epsilon());
        hidden.reserve(gate.rows());
        Kernel kernel = gateUp.of(gate.layout());
        ParamBlock parameters = kernel.parameters();
        input.push(parameters);
        push(parameters, gate);
        push(parameters, up);
        hidden.push(parameters);
        parameters.u32(x.columns());
        kernel.grid(gate.rows() / GATE_UP_OUTPUTS, 1, 1);
        kernel.launch();
        addProduct(hidden, down, null, x);
    }

    private void normalise(Tensor x, Tensor norm, float epsilon) {
        input.reserve(x.columns());
        ParamBlock parameters = normQuantise.parameters();
        Kernel.push(parameters, x);
        Kernel.push(parameters, norm);
        input.push(parameters);
        parameters.u32(x.columns()).f32(epsilon);
        normQuantise.grid(1, 1, 1);
        normQuantise.launch();
    }

    private void addProduct(Codes codes, GpuMatrix weight, @Nullable Tensor bias, Tensor sum) {
        Kernel kernel = matmulAdd.of(weight.layout());
        ParamBlock parameters = kernel.parameters();
        codes.push(parameters);
        push(parameters, weight);
        push(parameters, bias);
        Kernel.push(parameters, sum);
        parameters.u32(weight.columns()).u32(weight.rows());
        kernel.grid(Math.ceilDiv(weight.rows(), OUTPUTS_PER_BLOCK), 1, 1);
        kernel.launch();
    }

    private static void push(ParamBlock parameters, GpuMatrix weight) {
        parameters.pointer(weight.storage(), 0).pointer(weight.storage(), weight.scalesOffset());
    }

    private static void push(ParamBlock parameters, @Nullable Tensor bias) {
        if (bias == null) {
            parameters.nullPointer();
        } else {
            Kernel.push(parameters, bias);
        }
    }

    @Override
    public void close() {
        input.close();
        hidden.close();
    }

    /** One row as {@code quantise_rows} writes it: signed bytes, and behind them a scale and a sum a group. */
    private static final class Codes implements AutoCloseable {
        private static final int GROUP_RECORD_BYTES = 8;
        private static final int ALIGNMENT = 16;

        private final Scratch scratch;
        private MemorySegment memory = MemorySegment.NULL;
        private long groupsOffset;

        Codes(Device device) {
            this.scratch = new Scratch(device);
        }

        void reserve(int columns) {
            groupsOffset = Math.ceilDiv(columns, ALIGNMENT) * (long) ALIGNMENT;
            memory = scratch.atLeast(groupsOffset + (long) columns / WeightGroup.SIZE * GROUP_RECORD_BYTES);
        }

        void push(ParamBlock parameters) {
            parameters.pointer(memory, 0).pointer(memory, groupsOffset);
        }

        @Override
        public void close() {
            scratch.close();
        }
    }
}
