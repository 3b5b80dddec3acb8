package dev.gatun.runtime.template;

import dev.gatun.runtime.PromptSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A string that remembers, stretch by stretch, whether the template wrote it (trusted) or a message brought it.
 *
 * <p>Trust is stored as the trust of the first character and the offsets at which it changes: rising, above 0, below the
 * length. Offsets are UTF-16 units; what templates count and index are code points.
 */
final class Text implements Value {
    private static final int[] NO_FLIPS = {};
    static final Text EMPTY = trusted("");

    private final String string;
    private final boolean startsTrusted;
    private final int[] flips;
    private final boolean isMarkup;

    Text(String string, boolean startsTrusted, int[] flips) {
        this(string, startsTrusted, flips, false);
    }

    private Text(String string, boolean startsTrusted, int[] flips, boolean isMarkup) {
        this.string = string;
        this.startsTrusted = startsTrusted;
        this.flips = flips;
        this.isMarkup = isMarkup;
    }

    /** The same text as the filter {@code safe} marks it: joined with other text, it has that text HTML-escaped. */
    Text asMarkup() {
        return new Text(string, startsTrusted, flips, true);
    }

    boolean isMarkup() {
        return isMarkup;
    }

    static Text of(String string, boolean trusted) {
        return new Text(string, trusted, NO_FLIPS);
    }

    static Text trusted(String string) {
        return of(string, true);
    }

    String string() {
        return string;
    }

    boolean isEmpty() {
        return string.isEmpty();
    }

    boolean isTrustedAt(int offset) {
        int place = Arrays.binarySearch(flips, offset);
        int passed = place >= 0 ? place + 1 : -place - 1;
        return startsTrusted ^ ((passed & 1) == 1);
    }

    /** Whether no character of the stretch came from outside. */
    boolean isTrusted(int from, int to) {
        return isTrustedAt(from) && nextFlip(from) >= to;
    }

    /** Where the trust that holds at {@code offset} ends. */
    int nextFlip(int offset) {
        int place = Arrays.binarySearch(flips, offset);
        int next = place >= 0 ? place + 1 : -place - 1;
        return next < flips.length ? flips[next] : string.length();
    }

    /** The stretch between two UTF-16 offsets. */
    Text sub(int from, int to) {
        if (from == 0 && to == string.length()) {
            return this;
        }
        if (from >= to) {
            return EMPTY;
        }
        boolean first = isTrustedAt(from);
        int[] inner = flips.length == 0
                ? NO_FLIPS
                : Arrays.stream(flips)
                        .filter(flip -> flip > from && flip < to)
                        .map(flip -> flip - from)
                        .toArray();
        return new Text(string.substring(from, to), first, inner, isMarkup);
    }

    /** Number of code points. */
    int length() {
        return string.codePointCount(0, string.length());
    }

    /** UTF-16 offset of a code point. */
    int offset(int index) {
        return string.offsetByCodePoints(0, index);
    }

    Text strip(boolean left, boolean right, String chars) {
        int from = 0;
        int to = string.length();
        while (left && from < to && isStripped(string.codePointAt(from), chars)) {
            from += Character.charCount(string.codePointAt(from));
        }
        while (right && to > from && isStripped(string.codePointBefore(to), chars)) {
            to -= Character.charCount(string.codePointBefore(to));
        }
        return sub(from, to);
    }

    private static boolean isStripped(int codePoint, String chars) {
        return chars.isEmpty() ? PythonChars.isSpace(codePoint) : chars.indexOf(codePoint) >= 0;
    }

    List<PromptSpan> spans() {
        List<PromptSpan> spans = new ArrayList<>();
        for (int from = 0; from < string.length(); ) {
            int to = nextFlip(from);
            spans.add(new PromptSpan(string.substring(from, to), isTrustedAt(from)));
            from = to;
        }
        return spans;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && text.string.equals(string);
    }

    @Override
    public int hashCode() {
        return string.hashCode();
    }

    @Override
    public String toString() {
        return string;
    }
}
