package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;
import java.util.OptionalInt;

/**
 * One request as the scheduler sees it: rows for each step, and what is made of their logits. The prompt is computed once,
 * by one strand. Its methods are called on the engine's thread, but for {@link #outcome}, {@link #prompt}, {@link
 * #promptLogprobs}, {@link #metrics}, {@link #cancel} and {@link #isCancelled}.
 */
abstract class Job {
    final Surroundings surroundings;
    final int promptLength;
    final Meter meter;
    final PromptReport report;
    final PageCensus census;
    boolean decoding; // whether the prompt is computed
    private volatile boolean cancelled;

    /** @param promptMost how many of the best tokens to report at each place of the prompt, if any */
    Job(int promptLength, OptionalInt promptMost, Surroundings surroundings) {
        this.surroundings = surroundings;
        this.promptLength = promptLength;
        this.meter = new Meter(promptLength);
        this.report = new PromptReport(promptMost, surroundings.vocabulary(), promptLength);
        this.census = new PageCensus(surroundings.cache().pool().total());
    }

    /** The most sequences that it runs at the same time. */
    abstract int width();

    /** Who reads what it brings forth. */
    abstract Outcome outcome();

    /** The strand that computes the prompt. */
    abstract Strand first();

    /** The prompt's tokens. */
    abstract int[] prompt();

    /** The log-probabilities of the prompt, if they were asked for. */
    final LogprobLog promptLogprobs() {
        return report.log();
    }

    /** What it took so far. */
    final GenerationMetrics metrics() {
        DraftModel draftModel = surroundings.draftModel();
        return meter.read(
                surroundings.weightByteSize(),
                draftModel == null ? 0 : draftModel.weightByteSize(),
                surroundings.cache().pageByteSize(),
                surroundings.backend().peakGpuBytes());
    }

    final void cancel() {
        cancelled = true;
    }

    final boolean isCancelled() {
        return cancelled;
    }

    /**
     * Called before its first step: takes over what the cache knows of the prompt. At least the last token is computed, for
     * its logits.
     */
    final void start() {
        adopt();
        first().adopt(readsPrompt() ? 0 : promptLength - 1);
        meter.started(first().computed());
    }

    /** Takes over what the cache knows of anything else that it computes first. */
    void adopt() {}

    /** Whether each of its prompt's rows asks for logits. */
    final boolean readsPrompt() {
        return report.isWanted() && !decoding;
    }

    /** Tells the draft model, before each step, which sequences it is to guess or to keep up with. */
    void follow(Drafting drafting) {}

    /**
     * Adds rows to the step: while the prompt is computed at most {@code limit}; then all newest tokens with their guesses,
     * and at most {@code limit} of the tokens before them that were not chosen but forced.
     *
     * @return how much of {@code limit} it took
     */
    abstract int addTo(Batch batch, int limit);

    /** The first of the step's logits rows that are its own. */
    abstract int logitIndex();

    /** How many of the step's logits rows are its own. */
    abstract int logitRows();

    /** Called when the step's keys and values are in the cache. */
    abstract void stepped(long nanos);

    /**
     * Chooses tokens from the logits of one of its rows; begins with the first, if there is any.
     *
     * @param row among its own logits rows
     * @param logits one a vocabulary entry; the same on return
     * @return which of them is to be read next, or -1 if no more
     */
    abstract int choose(int row, float[] logits);

    /** Gives all pages back; readers learn of the end by {@link #announce}. */
    abstract void end(FinishReason reason);

    /** Ends with {@link FinishReason#ERROR}; otherwise as {@link #end}. */
    abstract void fail(Throwable cause);

    abstract boolean hasEnded();

    /** Tells the readers what has ended. */
    abstract void announce();
}
