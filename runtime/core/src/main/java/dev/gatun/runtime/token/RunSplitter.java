package dev.gatun.runtime.token;

/**
 * {@code [set]+}, {@code [set]{n,m}}, and each with one optional leading code point that must be of some class.
 *
 * @param leading the classes of the code point that may lead, 0 for none; {@code ' '} alone if {@link #SPACE_ONLY}
 * @param fewest of the set that make a match
 * @param most of the set in one match
 */
record RunSplitter(int leading, CodePointSet set, int fewest, int most) implements Splitter {
    /** The leading code point may only be U+0020. */
    static final int SPACE_ONLY = -1;

    /** {@code [set]}. */
    static RunSplitter single(CodePointSet set) {
        return new RunSplitter(0, set, 1, 1);
    }

    /** {@code [set]+}. */
    static RunSplitter run(CodePointSet set) {
        return new RunSplitter(0, set, 1, Integer.MAX_VALUE);
    }

    @Override
    public int match(CodePoints text, int from, int end) {
        int start = from;
        if (leads(text, from) && from + 1 < end && has(text, from + 1)) {
            start++;
        }
        int limit = end - start > most ? start + most : end;
        int at = start;
        while (at < limit && has(text, at)) {
            at++;
        }
        return at - start >= fewest ? at : -1;
    }

    private boolean leads(CodePoints text, int at) {
        return leading == SPACE_ONLY ? text.points()[at] == ' ' : (text.classes()[at] & leading) != 0;
    }

    private boolean has(CodePoints text, int at) {
        return set.contains(text.points()[at], text.classes()[at]);
    }
}
