package dev.gatun.sampler;

/**
 * Edits the logits before a token is chosen. What Gatun's own edits implement, and open to others.
 *
 * <p>An instance serves one sequence, called once a token from one thread, so it may hold state.
 */
@FunctionalInterface
public interface LogitsProcessor {

    /**
     * Edits the row.
     *
     * @param logits valid during this call only
     * @param history the sequence's tokens so far
     */
    void process(Logits logits, History history);

    /** What an error message calls it. */
    default String name() {
        return getClass().getSimpleName();
    }
}
