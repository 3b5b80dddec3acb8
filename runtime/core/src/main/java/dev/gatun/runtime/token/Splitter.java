package dev.gatun.runtime.token;

/**
 * One expression of a pre-tokenizer, compiled by hand: cuts a stretch of text into its matches and the gaps between them.
 * Time is linear in the text for every text.
 */
@FunctionalInterface
interface Splitter {
    /** Neither match nor gap: the stretch holds no match. */
    long NONE = -1;

    /**
     * The end of the match that begins at {@code from}, or -1 if none does. The text ends at {@code end} for the
     * expression: it sees nothing beyond.
     */
    int match(CodePoints text, int from, int end);

    /** The first match at or after {@code from}: its begin in the upper, its end in the lower 32 bits, or {@link #NONE}. */
    default long find(CodePoints text, int from, int end) {
        for (int start = from; start < end; start++) {
            int matched = match(text, start, end);
            if (matched > start) {
                return ((long) start << 32) | matched;
            }
        }
        return NONE;
    }
}
