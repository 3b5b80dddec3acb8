package dev.gatun.runtime.engine;

import java.util.List;
import java.util.OptionalDouble;

/**
 * One of the answers to a request, at its end.
 *
 * @param text the whole text
 * @param tokens its tokens, without the end-of-sequence token that ended it
 * @param finishReason why it ended
 * @param score of a beam search: the sum of its tokens' log-probabilities divided by their number to the power of {@code
 *     length_penalty}; otherwise the sum itself, of the model's own law unless others were asked for, if log-probabilities or
 *     {@code best_of} were. The token that ended it counts
 * @param logprobs of each of the tokens, if asked for
 */
public record Answer(
        String text,
        List<Integer> tokens,
        FinishReason finishReason,
        OptionalDouble score,
        List<TokenLogprobs> logprobs) {}
