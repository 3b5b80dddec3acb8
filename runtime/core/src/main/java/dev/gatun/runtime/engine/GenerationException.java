package dev.gatun.runtime.engine;

/** A request that was accepted failed while it ran, for the reason in the message. */
public final class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GenerationException(String message, Throwable cause) {
        super(message, cause);
    }
}
