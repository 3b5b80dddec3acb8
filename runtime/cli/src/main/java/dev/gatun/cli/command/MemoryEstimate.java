package dev.gatun.cli.command;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.runtime.engine.EngineOptions;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufTensor;
import dev.gatun.runtime.model.ModelConfig;

/**
 * The memory a model takes, known from its file alone.
 *
 * @param weightBytes all tensors, as they are kept
 * @param draftWeightBytes those of them that belong to a draft model
 * @param kvBytesPerToken keys and values of one token in all layers, f16
 * @param stepBytes activations and logits of one step
 * @param trainedContext most tokens of one sequence
 */
record MemoryEstimate(
        long weightBytes, long draftWeightBytes, long kvBytesPerToken, long stepBytes, int trainedContext) {
    private static final int PAGE_TOKENS = KvLayer.PAGE_TOKENS;
    private static final int LOGIT_ROWS = 32;

    /** @param onGpu whether weights are stored as a GPU's kernels read them, otherwise as in the file */
    static MemoryEstimate of(GgufFile file, ModelConfig config, boolean onGpu) {
        long weightBytes = file.tensors().stream()
                .mapToLong(tensor -> onGpu ? gpuBytes(tensor) : tensor.data().byteSize())
                .sum();
        long queryWidth = (long) config.heads() * config.headDim();
        long kvWidth = (long) config.kvHeads() * config.headDim();
        long perRow = 4L * (3L * config.width() + 2 * queryWidth + 2 * kvWidth + 2L * config.hidden());
        long logits = 4L * config.vocabulary() * LOGIT_ROWS;
        return new MemoryEstimate(
                weightBytes,
                0,
                config.kvBytesPerToken(DType.F16.groupByteSize()),
                perRow * (EngineOptions.DEFAULTS.prefillChunk() + 1) + logits,
                config.contextLength());
    }

    /** The same with a draft model beside it. */
    MemoryEstimate withDraft(MemoryEstimate draft) {
        return new MemoryEstimate(
                weightBytes + draft.weightBytes,
                draft.weightBytes,
                kvBytesPerToken + draft.kvBytesPerToken,
                stepBytes + draft.stepBytes,
                trainedContext);
    }

    private static long gpuBytes(GgufTensor tensor) {
        return tensor.rows() > 1
                ? GpuBackend.weightByteSize(tensor.type(), tensor.rows(), tensor.columns())
                : DType.F32.byteSize(tensor.columns());
    }

    /** Bytes for {@code sequences} sequences of {@code context} tokens each. */
    long bytes(int context, int sequences) {
        long pages = (long) Math.ceilDiv(context, PAGE_TOKENS) * sequences;
        return weightBytes + stepBytes + pages * PAGE_TOKENS * kvBytesPerToken;
    }

    /** The longest context that {@code sequences} sequences can have in {@code memoryBytes}; 0 if none fits. */
    int largestContext(long memoryBytes, int sequences) {
        long room = memoryBytes - weightBytes - stepBytes;
        long pages = Math.max(0, room) / (PAGE_TOKENS * kvBytesPerToken) / sequences;
        return (int) Math.min(trainedContext, pages * PAGE_TOKENS);
    }
}
