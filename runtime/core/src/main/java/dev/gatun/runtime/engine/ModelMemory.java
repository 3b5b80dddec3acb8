package dev.gatun.runtime.engine;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufTensor;
import dev.gatun.runtime.model.ModelConfig;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a model takes in one memory, known before anything is loaded.
 *
 * @param weightBytes all tensors, as the backend keeps them
 * @param draftWeightBytes those of them that belong to the draft model
 * @param pageBytes keys and values of one page in all layers
 * @param bytePageBytes the same with 8-bit keys and values
 * @param stepBytes activations and logits of the largest step; 0 where they are small beside the rest
 * @param context tokens of a sequence
 * @param sequences that run at once
 */
record ModelMemory(
        long weightBytes,
        long draftWeightBytes,
        long pageBytes,
        long bytePageBytes,
        long stepBytes,
        int context,
        int sequences) {

    /** What a model takes at the same time and place, known from its file. */
    private interface Estimate {
        ModelMemory of(GgufFile file, ModelConfig config);
    }

    /** Beside the processor: the file as it is; with the draft model of {@code options}, if it names one. */
    static ModelMemory onHost(GgufFile file, ModelConfig config, EngineOptions options, int context) {
        Estimate estimate = (some, itsConfig) -> of(some.byteSize(), 0, itsConfig, options, context);
        return estimate.of(file, config).withDraft(options.draftModel(), estimate);
    }

    /** On a GPU: weights as its kernels read them; with the draft model of {@code options}, if it names one. */
    static ModelMemory onGpu(GgufFile file, ModelConfig config, EngineOptions options, int context) {
        Estimate estimate = (some, itsConfig) -> alone(some, itsConfig, options, context);
        return estimate.of(file, config).withDraft(options.draftModel(), estimate);
    }

    private ModelMemory withDraft(Optional<Path> draftModel, Estimate estimate) {
        if (draftModel.isEmpty()) {
            return this;
        }
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.open(draftModel.get(), arena);
            ModelMemory draft = estimate.of(file, ModelConfig.of(file));
            return new ModelMemory(
                    Math.addExact(weightBytes, draft.weightBytes),
                    draft.weightBytes,
                    Math.addExact(pageBytes, draft.pageBytes),
                    Math.addExact(bytePageBytes, draft.bytePageBytes),
                    Math.addExact(stepBytes, draft.stepBytes),
                    context,
                    sequences);
        }
    }

    private static ModelMemory alone(GgufFile file, ModelConfig config, EngineOptions options, int context) {
        long weightBytes = 0;
        for (GgufTensor tensor : file.tensors()) {
            weightBytes += tensor.rows() > 1
                    ? GpuBackend.weightByteSize(tensor.type(), tensor.rows(), tensor.columns())
                    : DType.F32.byteSize(tensor.columns());
        }
        long queryWidth = (long) config.heads() * config.headDim();
        long kvWidth = (long) config.kvHeads() * config.headDim();
        long rowElements = 3L * config.width() + 2 * queryWidth + 2 * kvWidth + 2L * config.hidden();
        StepRows rows = StepRows.of(options);
        long elements = rows.all() * rowElements + (long) rows.logits() * config.vocabulary();
        long stepBytes = Float.BYTES * elements + 2L * rows.all() * codeBytes(config);
        return of(weightBytes, stepBytes, config, options, context);
    }

    /** A row of a product's input as codes with their scales; scratch memory of them grows by doubling. */
    private static long codeBytes(ModelConfig config) {
        long widest = Math.max(Math.max(config.width(), config.hidden()), (long) config.heads() * config.headDim());
        return widest + widest / 8;
    }

    private static ModelMemory of(
            long weightBytes, long stepBytes, ModelConfig config, EngineOptions options, int context) {
        return new ModelMemory(
                weightBytes,
                0,
                pageBytes(config, options.kvType()),
                pageBytes(config, DType.Q8_0),
                stepBytes,
                context,
                options.sequences());
    }

    private static long pageBytes(ModelConfig config, DType kvType) {
        return Math.multiplyExact(
                KvLayer.byteSize(kvType, 1, config.kvHeads(), config.headDim()), 2L * config.layers());
    }

    /** All of it. */
    long bytes() {
        return Math.addExact(Math.addExact(weightBytes, stepBytes), Math.multiplyExact(pages(), pageBytes));
    }

    private long pages() {
        return Math.multiplyExact((long) sequences, KvPool.pagesFor(context));
    }

    /**
     * Checks that it fits.
     *
     * @param where ends a sentence that begins with how many MB: {@code available}
     * @throws MissingCapabilityException with the numbers and what would fit
     */
    void requireFits(long availableBytes, String where) {
        if (bytes() > availableBytes) {
            throw new MissingCapabilityException("The model needs about " + megabytes(bytes()) + " MB (weights "
                    + megabytes(weightBytes)
                    + (draftWeightBytes > 0 ? ", of which the draft model " + megabytes(draftWeightBytes) : "")
                    + ", key-value cache " + megabytes(pages() * pageBytes)
                    + (stepBytes > 0 ? ", activations " + megabytes(stepBytes) : "") + ") and "
                    + megabytes(availableBytes) + " MB are " + where + "; " + remedy(availableBytes));
        }
    }

    private String remedy(long availableBytes) {
        long room = availableBytes - weightBytes - stepBytes;
        long fitting = Math.max(0, room) / pageBytes / sequences * KvLayer.PAGE_TOKENS;
        if (fitting == 0) {
            return (draftWeightBytes > 0 ? "leave the draft model out, " : "")
                    + "use a smaller model, or one with fewer bits a weight.";
        }
        boolean bytesFit = bytePageBytes < pageBytes && pages() * bytePageBytes <= room;
        return "a context of " + fitting + " tokens fits (--context " + fitting + ")"
                + (bytesFit ? ", as do 8-bit keys and values (--kv-type q8_0)." : ".");
    }

    private static long megabytes(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000L);
    }
}
