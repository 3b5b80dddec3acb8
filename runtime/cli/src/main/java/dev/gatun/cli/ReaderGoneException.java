package dev.gatun.cli;

/** Whoever read our standard output has closed it, as {@code head -1} does. Not an error: the command just ends. */
public final class ReaderGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReaderGoneException() {
        super("standard output was closed", null, false, false);
    }
}
