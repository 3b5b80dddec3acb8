package dev.gatun.kernels.cpu.asm;

/** Text that the assembler does not take; the message begins with {@code line:column: }. */
public final class AsmException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;
    private final String reason;

    AsmException(int line, int column, String message) {
        super(line + ":" + column + ": " + message);
        this.reason = message;
        this.line = line;
        this.column = column;
    }

    /** Line of the text, from 1; inside a macro the line of its body. */
    public int line() {
        return line;
    }

    /** Column of that line, from 1, after macro arguments were put in. */
    public int column() {
        return column;
    }

    /** The message without its place. */
    public String reason() {
        return reason;
    }
}
