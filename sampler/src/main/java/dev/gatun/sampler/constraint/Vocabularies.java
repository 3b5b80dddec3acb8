package dev.gatun.sampler.constraint;

import dev.gatun.sampler.TokenTrie;
import java.util.Map;
import java.util.WeakHashMap;

/** What is worked out once for a vocabulary and shared by all constraints; kept as long as the vocabulary is. */
final class Vocabularies {
    private static final Map<TokenTrie, PlainText> PLAIN = new WeakHashMap<>();

    private Vocabularies() {}

    static PlainText plain(TokenTrie vocabulary) {
        synchronized (PLAIN) {
            return PLAIN.computeIfAbsent(vocabulary, PlainText::new);
        }
    }
}
