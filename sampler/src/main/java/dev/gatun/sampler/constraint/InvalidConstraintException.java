package dev.gatun.sampler.constraint;

/** A constraint is malformed, asks for what is not supported, or is larger than its budget. */
public final class InvalidConstraintException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidConstraintException(String message) {
        super(message);
    }
}
