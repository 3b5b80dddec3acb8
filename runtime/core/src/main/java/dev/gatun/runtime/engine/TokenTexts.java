package dev.gatun.runtime.engine;

import dev.gatun.runtime.token.Tokenizer;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.TokenTrie;
import org.jspecify.annotations.Nullable;

/** What the tokens spell, for constraints: made when the first request has one, as it takes a moment. */
final class TokenTexts {
    private static final byte[] NO_TEXT = {};

    private final Tokenizer tokenizer;
    private @Nullable TokenTrie trie; // guarded by this

    TokenTexts(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The texts, if sampling this way needs them. */
    synchronized @Nullable TokenTrie of(SamplingParams sampling) {
        if (sampling.constraint().isPresent() && trie == null) {
            trie = TokenTrie.of(
                    tokenizer.vocabularySize(), token -> tokenizer.isControl(token) ? NO_TEXT : tokenizer.bytes(token));
        }
        return trie;
    }
}
