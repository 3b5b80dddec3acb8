package dev.gatun.runtime.engine;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.runtime.cache.KvCache;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.cache.PageTable;
import dev.gatun.runtime.model.AttentionProbe;
import dev.gatun.runtime.model.Transformer;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One pass over given tokens that shows the logits of every position from {@code from} on, or what a probe watches. Runs
 * alone.
 */
final class Evaluation {
    private final int[] tokens;
    private final int from;
    private final int chunk;
    private final LogitsConsumer consumer;
    private final @Nullable AttentionProbe probe;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** @param chunk most rows of a step: as many as may ask for logits */
    Evaluation(int[] tokens, int from, int chunk, LogitsConsumer consumer, @Nullable AttentionProbe probe) {
        this.tokens = tokens;
        this.from = from;
        this.chunk = chunk;
        this.consumer = consumer;
        this.probe = probe;
    }

    CompletableFuture<Void> done() {
        return done;
    }

    void cancel() {
        done.completeExceptionally(new IllegalStateException("the engine was closed"));
    }

    void run(
            Transformer transformer,
            Backend backend,
            KvCache cache,
            Batch batch,
            float[] logits,
            MemorySegment logitsView) {
        PageTable pages = new PageTable(cache.pool(), KvPool.pagesFor(tokens.length));
        try {
            pages.reserve(tokens.length);
            for (int start = 0; start < tokens.length; start += chunk) {
                int end = Math.min(tokens.length, start + chunk);
                batch.clear();
                int slot = batch.addSequence(pages.pages(), pages.count());
                for (int position = start; position < end; position++) {
                    batch.add(tokens[position], position, slot, position >= from);
                }
                if (probe == null) {
                    transformer.forward(batch, cache.layers());
                } else {
                    transformer.forward(batch, cache.layers(), probe);
                }
                for (int i = 0; i < batch.logitRows(); i++) {
                    backend.download(transformer.logits(i), logitsView);
                    consumer.accept(batch.position(batch.logitRow(i)), logits);
                }
            }
            done.complete(null);
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
        } finally {
            pages.release();
        }
    }
}
