package dev.gatun.runtime.engine;

import dev.gatun.kernels.Backend;
import dev.gatun.runtime.cache.KvCache;
import dev.gatun.runtime.token.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * What all jobs of an engine share.
 *
 * @param context most tokens of one sequence, prompt included
 * @param vocabulary tokens that have a logit
 * @param draftTokens most tokens that a sequence guesses ahead in a step
 * @param weightByteSize bytes of weights that a step reads
 * @param draftModel who guesses; where there is none, prompt lookup does
 */
record Surroundings(
        Tokenizer tokenizer,
        TokenTexts texts,
        Backend backend,
        KvCache cache,
        int context,
        int vocabulary,
        int draftTokens,
        long weightByteSize,
        @Nullable DraftModel draftModel) {

    /** The most tokens of a sequence that begins with so many and may get {@code more}. */
    int limit(int promptLength, int more) {
        return (int) Math.min(context, (long) promptLength + more);
    }
}
