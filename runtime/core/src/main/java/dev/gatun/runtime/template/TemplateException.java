package dev.gatun.runtime.template;

import dev.gatun.runtime.InvalidInputException;

/** A chat template that cannot be parsed, fails while it renders, refuses its input, or exceeds its budget. */
public final class TemplateException extends InvalidInputException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    TemplateException(String message, int line, int column) {
        super("chat template, line " + line + ", column " + column + ": " + message);
        this.line = line;
        this.column = column;
    }

    static TemplateException at(String source, int offset, String message) {
        int end = Math.min(offset, source.length());
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++) {
            if (source.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new TemplateException(message, line, end - start + 1);
    }

    /** Line of the template, counted from 1. */
    public int line() {
        return line;
    }

    /** Column in the line, counted from 1. */
    public int column() {
        return column;
    }
}
