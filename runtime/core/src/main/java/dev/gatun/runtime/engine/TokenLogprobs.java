package dev.gatun.runtime.engine;

import java.util.List;

/**
 * The log-probability of one token, and of the best tokens at its place: natural logarithms.
 *
 * @param token the token that is there
 * @param logprob its log-probability; minus infinity if it was forbidden
 * @param top the best tokens there, the best first; as many as asked for, or all that may be chosen
 */
public record TokenLogprobs(int token, double logprob, List<Entry> top) {

    /** A token and its log-probability. */
    public record Entry(int token, double logprob) {}
}
