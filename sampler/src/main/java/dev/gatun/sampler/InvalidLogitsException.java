package dev.gatun.sampler;

/** A row of logits allows no choice. The row is as it was given, and nothing has been recorded. */
public final class InvalidLogitsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is wrong with the row. */
    public enum Kind {
        /** Some logit is not a number. */
        NAN("invalid_logits"),
        /** Some logit is plus infinity, so that no probabilities exist. */
        POSITIVE_INFINITY("invalid_logits"),
        /** Every logit is minus infinity: nothing may be chosen. */
        NO_ADMISSIBLE_TOKEN("no_admissible_token");

        private final String code;

        Kind(String code) {
            this.code = code;
        }

        /** The name to report to clients and to count by. */
        public String code() {
            return code;
        }
    }

    private final Kind kind;

    InvalidLogitsException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What is wrong with the row. */
    public Kind kind() {
        return kind;
    }
}
