package dev.gatun.runtime.token;

/** Turns text without control tokens into token ids. Holds the buffers of one call: not shared between threads. */
@FunctionalInterface
interface TextEncoder {
    /**
     * Appends the tokens of {@code text[from..to)}.
     *
     * @param first whether the stretch begins the text or follows a control or user-defined token
     */
    void encode(String text, int from, int to, boolean first, TokenBuffer out);
}
