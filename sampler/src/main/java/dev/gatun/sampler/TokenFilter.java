package dev.gatun.sampler;

/**
 * Which tokens may come next in one output under a {@link Constraint}. Belongs to one sequence.
 *
 * <p>Knows text only: whether a token that ends the sequence may come is {@link #mayEnd}.
 */
public interface TokenFilter {
    /**
     * The tokens of text that may come next: token t may if bit {@code t % 64} of word {@code t / 64} is set.
     *
     * @return valid until the next {@link #accept}, not to be written
     */
    long[] allowed();

    /** Whether the output may end here. */
    boolean mayEnd();

    /** Whether nothing may follow any more. */
    boolean mustEnd();

    /**
     * The token to take without asking a model: the longest of those that spell the only possible continuation, as long as
     * that is certain to be the longest. -1 if there is something to choose.
     */
    int forced();

    /**
     * Goes on by one token.
     *
     * @throws IllegalArgumentException if it is not allowed here; then nothing has changed
     */
    void accept(int token);

    /** Another filter at the same place. */
    TokenFilter fork();
}
