package dev.gatun.sampler.beam;

/**
 * How a token of a found sequence was come by.
 *
 * @param beam the running beam of the step whose continuation it is, counted within the group
 * @param logprob its log-probability, as it was offered
 */
public record Link(int beam, double logprob) {}
