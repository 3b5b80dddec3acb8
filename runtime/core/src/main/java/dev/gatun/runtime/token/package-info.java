/**
 * Text to token ids and back, as the vocabulary of a GGUF file says: {@link dev.gatun.runtime.token.Tokenizer} and, for
 * text that arrives token by token, {@link dev.gatun.runtime.token.Detokenizer}.
 *
 * <p>A text is cut at its control and user-defined tokens, what lies between is cut into words by the pre-tokenizer, and
 * each word becomes tokens by the algorithm of the vocabulary. The original expressions of the pre-tokenizers are compiled
 * by hand, so that no input makes them backtrack.
 *
 * <p>Must not know: chat templates, models, requests.
 */
@NullMarked
package dev.gatun.runtime.token;

import org.jspecify.annotations.NullMarked;
