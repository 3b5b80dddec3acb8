package dev.gatun.runtime.token;

import static dev.gatun.runtime.token.CharacterClasses.SPACE;

/** {@code \s+$}: the white space at the end of the text. */
final class TrailingSpaceSplitter implements Splitter {
    @Override
    public int match(CodePoints text, int from, int end) {
        return from < end && Scan.run(text, from, end, SPACE) == end ? end : -1;
    }

    /** Looks from the end, so that runs of white space inside the text cost nothing. */
    @Override
    public long find(CodePoints text, int from, int end) {
        short[] of = text.classes();
        int start = end;
        while (start > from && (of[start - 1] & SPACE) != 0) {
            start--;
        }
        return start < end ? ((long) start << 32) | end : NONE;
    }
}
