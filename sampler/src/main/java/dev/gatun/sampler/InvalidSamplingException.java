package dev.gatun.sampler;

/** An option of sampling is out of range, contradicts another one, or does not fit the vocabulary. */
public final class InvalidSamplingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String option;

    /**
     * A refusal of an option.
     *
     * @param option its name as users write it
     * @param message names option, value and range, or what it contradicts
     */
    public InvalidSamplingException(String option, String message) {
        super(message);
        this.option = option;
    }

    /** The option's name as users write it, such as {@code top_p}. */
    public String option() {
        return option;
    }
}
