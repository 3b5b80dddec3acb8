package dev.gatun.runtime.gguf;

import dev.gatun.runtime.InvalidInputException;

/** A file is not a GGUF file that can be used: where, which field, what was expected and what was found. */
public final class GgufFormatException extends InvalidInputException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_SHOWN = 120;

    private final long offset;
    private final String field;
    private final String expected;
    private final String found;

    /** @param offset byte position of the field in the file */
    public GgufFormatException(long offset, String field, String expected, String found) {
        super("Bad GGUF file at byte " + offset + ": " + printable(field) + " should be " + printable(expected)
                + ", found " + printable(found) + ".");
        this.offset = offset;
        this.field = field;
        this.expected = expected;
        this.found = found;
    }

    public long offset() {
        return offset;
    }

    public String field() {
        return field;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }

    /** The text without what could break a terminal or a log line, and not endless. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(MOST_SHOWN).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || !Character.isDefined(c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) > MOST_SHOWN
                ? shown.append("...").toString()
                : shown.toString();
    }
}
