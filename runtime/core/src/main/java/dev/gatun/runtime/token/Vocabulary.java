package dev.gatun.runtime.token;

import java.util.Arrays;

/** The tokens: what each spells, its kind, and which token a spelling is. Immutable. */
final class Vocabulary {
    private final byte[] bytes;
    private final int[] offsets;
    private final TokenKind[] kinds;
    private final SpellingTable spellings;

    /**
     * @param bytes what the tokens spell as text, one after another
     * @param offsets token i spells {@code bytes[offsets[i]..offsets[i + 1])}
     */
    Vocabulary(byte[] bytes, int[] offsets, TokenKind[] kinds) {
        this.bytes = bytes;
        this.offsets = offsets;
        this.kinds = kinds;
        spellings = new SpellingTable(bytes, offsets);
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id].spellsText() && length(id) > 0) {
                spellings.add(id);
            }
        }
    }

    int size() {
        return kinds.length;
    }

    TokenKind kind(int id) {
        return kinds[id];
    }

    /** Bytes that the token spells. */
    int length(int id) {
        return offsets[id + 1] - offsets[id];
    }

    /** Where the token begins in {@link #store}. */
    int offset(int id) {
        return offsets[id];
    }

    /** What all tokens spell; not to be written. */
    byte[] store() {
        return bytes;
    }

    byte[] bytes(int id) {
        return Arrays.copyOfRange(bytes, offsets[id], offsets[id + 1]);
    }

    /** The token of text that spells {@code text[from..to)}, or -1. Never a control token. */
    int find(byte[] text, int from, int to) {
        return spellings.find(text, from, to);
    }
}
