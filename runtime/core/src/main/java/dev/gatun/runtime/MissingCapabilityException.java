package dev.gatun.runtime;

/**
 * The machine lacks what was asked for: a driver, memory, a CPU feature. The message says what is missing, where it was
 * looked for and what would change it.
 */
public class MissingCapabilityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MissingCapabilityException(String message) {
        super(message);
    }

    public MissingCapabilityException(String message, Throwable cause) {
        super(message, cause);
    }
}
