package dev.gatun.sampler.beam;

/**
 * One of a step's best continuations, and what became of it.
 *
 * @param beam the running beam that it continues, counted within the group
 * @param token the token it adds
 * @param logprob the token's log-probability, as it was offered
 * @param sum the sum of the scores of its tokens
 * @param fate what became of it
 */
public record RankedOffer(int beam, int token, double logprob, double sum, Fate fate) {}
