package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;

/**
 * One request as the scheduler sees it: rows for each step, and what is made of their logits. Its methods are called on the
 * engine's thread, but for {@link #outcome}, {@link #prompt}, {@link #metrics}, {@link #cancel} and {@link #isCancelled}.
 */
interface Job {

    /** The most sequences that it runs at the same time. */
    int width();

    /** Who reads what it brings forth. */
    Outcome outcome();

    /** The prompt's tokens. */
    int[] prompt();

    /** The log-probabilities of the prompt, if they were asked for. */
    LogprobLog promptLogprobs();

    /** What it took so far. */
    GenerationMetrics metrics();

    void cancel();

    boolean isCancelled();

    /** Called before its first step. */
    void start();

    /** Whether each of its prompt's rows asks for logits. */
    boolean readsPrompt();

    /**
     * Adds rows to the step: while the prompt is computed at most {@code limit}; then all newest tokens with their guesses,
     * and at most {@code limit} of the tokens before them that were not chosen but forced.
     *
     * @return how much of {@code limit} it took
     */
    int addTo(Batch batch, int limit);

    /** The first of the step's logits rows that are its own. */
    int logitIndex();

    /** How many of the step's logits rows are its own. */
    int logitRows();

    /** Called when the step's keys and values are in the cache. */
    void stepped(long nanos);

    /**
     * Chooses tokens from the logits of one of its rows; begins with the first, if there is any.
     *
     * @param row among its own logits rows
     * @param logits one a vocabulary entry; the same on return
     * @return which of them is to be read next, or -1 if no more
     */
    int choose(int row, float[] logits);

    /** Gives all pages back; readers learn of the end by {@link #announce}. */
    void end(FinishReason reason);

    /** Ends with {@link FinishReason#ERROR}; otherwise as {@link #end}. */
    void fail(Throwable cause);

    boolean hasEnded();

    /** Tells the readers what has ended. */
    void announce();
}
