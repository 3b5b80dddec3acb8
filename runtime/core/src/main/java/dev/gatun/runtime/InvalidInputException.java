package dev.gatun.runtime;

/**
 * What was given cannot be used: a file, an option, a prompt, a template. The message is one or two sentences with the
 * values and the remedy, fit to be shown as it is.
 */
public class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message) {
        super(message);
    }

    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
