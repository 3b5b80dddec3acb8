package dev.gatun.runtime.gguf;

import dev.gatun.runtime.InvalidInputException;

/** A file is not a GGUF file that can be used: where, which field, what was expected and what was found. */
public final class GgufFormatException extends InvalidInputException {
    private static final long serialVersionUID = 1L;

    private final long offset;
    private final String field;
    private final String expected;
    private final String found;

    /** @param offset byte position of the field in the file */
    public GgufFormatException(long offset, String field, String expected, String found) {
        super("Bad GGUF file at byte " + offset + ": " + Printable.of(field) + " should be " + Printable.of(expected)
                + ", found " + Printable.of(found) + ".");
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
}
