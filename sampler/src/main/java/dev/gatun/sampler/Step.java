package dev.gatun.sampler;

import java.util.Locale;

/** A step of a sampling chain. Edits change single logits of the row; cuts shape the law of what may be chosen. */
public enum Step {
    /** Option {@code suppress_tokens}. */
    SUPPRESS_TOKENS(true),
    /** Option {@code bad_words}. */
    BAD_WORDS(true),
    /** Forbids ends of the sequence, option {@code min_tokens}. */
    MIN_TOKENS(true),
    /** Option {@code logit_bias}. */
    LOGIT_BIAS(true),
    /** Option {@code sequence_bias}. */
    SEQUENCE_BIAS(true),
    /** Option {@code repetition_penalty}. */
    REPETITION_PENALTY(true),
    /** Options {@code presence_penalty} and {@code frequency_penalty}. */
    COUNT_PENALTIES(true),
    /** Option {@code no_repeat_ngram_size}. */
    NO_REPEAT_NGRAM(true),
    /** Option {@code dry_multiplier} and its companions. */
    DRY(true),
    /** Option {@code length_decay}. */
    LENGTH_DECAY(true),
    /** The caller's own edits. */
    PROCESSORS(true),
    /** Options {@code temperature} and {@code dynatemp_range}. */
    TEMPERATURE(false),
    /** Option {@code top_n_sigma}. */
    TOP_N_SIGMA(false),
    /** Option {@code min_p}. */
    MIN_P(false),
    /** Option {@code top_k}. */
    TOP_K(false),
    /** Option {@code top_p}. */
    TOP_P(false),
    /** Option {@code typical_p}. */
    TYPICAL_P(false),
    /** Option {@code top_h}. */
    TOP_H(false),
    /** Option {@code epsilon_cutoff}. */
    EPSILON_CUTOFF(false),
    /** Option {@code eta_cutoff}. */
    ETA_CUTOFF(false),
    /** Options {@code xtc_probability} and {@code xtc_threshold}. */
    XTC(false),
    /** Option {@code mirostat} and its companions; the last cut, if it is in the chain. */
    MIROSTAT(false);

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
