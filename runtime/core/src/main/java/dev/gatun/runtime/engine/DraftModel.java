package dev.gatun.runtime.engine;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.cache.KvCache;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.cache.PageCopy;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.model.ModelConfig;
import dev.gatun.runtime.model.Transformer;
import dev.gatun.runtime.token.Tokenizer;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** A smaller model of the same tokens, with a cache of its own, on the same backend. */
final class DraftModel {
    private final Transformer transformer;
    private final KvCache cache;
    private final PageCopy copy;
    private final int context;

    private DraftModel(Transformer transformer, Backend backend, KvCache cache, int context) {
        this.transformer = transformer;
        this.cache = cache;
        this.copy = (source, target) -> cache.copyPage(backend, source, target);
        this.context = context;
    }

    /**
     * Loads one.
     *
     * @param tokens of the model that it guesses for
     * @param arena owns weights, activations and cache
     * @param context most tokens of a sequence; one that was trained for fewer guesses up to there only
     * @throws InvalidInputException if the file is not a model that can be run, or one of other tokens
     * @throws MissingCapabilityException if the backend has no kernels for it
     */
    static DraftModel load(
            String name,
            Tokenizer tokens,
            Path path,
            Arena arena,
            Backend backend,
            EngineOptions options,
            int context) {
        try (Arena loading = Arena.ofShared()) {
            GgufFile file = GgufFile.open(path, loading);
            ModelConfig config = ModelConfig.of(file);
            String draftName = file.metadata().findString("general.name").orElse(config.architecture());
            Tokenizer draftTokens = Tokenizer.of(file.metadata());
            SameTokens.require(name, tokens, draftName, draftTokens);
            if (draftTokens.vocabularySize() > config.vocabulary()) {
                throw new InvalidInputException("The tokenizer of the draft model has " + draftTokens.vocabularySize()
                        + " tokens but token_embd.weight has only " + config.vocabulary() + " rows.");
            }
            if (backend instanceof GpuBackend && !GpuBackend.takesHeads(config.headDim())) {
                throw new MissingCapabilityException("The GPU's kernels take no heads of " + config.headDim()
                        + " elements, which the draft model has; --backend cpu runs it.");
            }
            int followed = Math.min(context, config.contextLength());
            Transformer transformer = Transformer.load(
                    file, config, backend, arena, StepRows.of(options).all(), options.sequences());
            int pages = Math.multiplyExact(options.sequences(), KvPool.pagesFor(followed));
            KvCache cache = KvCache.allocate(
                    arena, backend, options.kvType(), config.layers(), pages, config.kvHeads(), config.headDim());
            return new DraftModel(transformer, backend, cache, followed);
        }
    }

    /** Follows a strand of at most {@code capacity} tokens. */
    DraftStrand strand(int capacity) {
        return new DraftStrand(cache.pool(), copy, Math.min(capacity, context));
    }

    KvPool pool() {
        return cache.pool();
    }

    /** Bytes of its whole cache. */
    long kvByteSize() {
        return cache.pool().total() * cache.pageByteSize();
    }

    /** Bytes of weights that one pass reads. */
    long weightByteSize() {
        return transformer.weightByteSize();
    }

    /** Tokens that have a logit. */
    int vocabulary() {
        return transformer.config().vocabulary();
    }

    void forward(Batch batch) {
        transformer.forward(batch, cache.layers());
    }

    Tensor logits(int index) {
        return transformer.logits(index);
    }
}
