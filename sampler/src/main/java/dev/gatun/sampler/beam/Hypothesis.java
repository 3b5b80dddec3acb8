package dev.gatun.sampler.beam;

import java.util.List;

/**
 * A sequence that a beam search has found.
 *
 * @param tokens what was generated, the end token included if there is one
 * @param score the sum of the scores of its tokens, divided by their number to the power of {@code length_penalty}
 * @param ended whether it ended, by an end token or an {@link Ending}; otherwise the limit of tokens was reached
 * @param group the group of beams that found it
 * @param links one a token: where it comes from
 */
public record Hypothesis(List<Integer> tokens, double score, boolean ended, int group, List<Link> links) {}
