package dev.gatun.sampler;

import java.util.Locale;

/** A step of a sampling chain. Edits change single logits of the row; cuts shape the law of what may be chosen. */
public enum Step {
    /** Forbids ends of the sequence, option {@code min_tokens}. */
    MIN_TOKENS(true),
    /** Option {@code logit_bias}. */
    LOGIT_BIAS(true),
    /** Option {@code repetition_penalty}. */
    REPETITION_PENALTY(true),
    /** Options {@code presence_penalty} and {@code frequency_penalty}. */
    COUNT_PENALTIES(true),
    /** Option {@code temperature}. */
    TEMPERATURE(false),
    /** Option {@code min_p}. */
    MIN_P(false),
    /** Option {@code top_k}. */
    TOP_K(false),
    /** Option {@code top_p}. */
    TOP_P(false);

    private final boolean edit;

    Step(boolean edit) {
        this.edit = edit;
    }

    /** Whether the step edits logits and so belongs before every cut. */
    public boolean isEdit() {
        return edit;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
