package dev.gatun.runtime.engine;

import dev.gatun.sampler.Explanation;

/**
 * One choice of a token, explained.
 *
 * @param token the token chosen
 * @param end whether it ends the sequence
 * @param explanation how it was chosen
 */
public record Choice(int token, boolean end, Explanation explanation) {}
