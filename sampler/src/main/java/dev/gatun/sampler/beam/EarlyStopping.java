package dev.gatun.sampler.beam;

import java.util.Locale;

/** When a beam search stops, once it has as many ended sequences as beams (Hugging Face, {@code early_stopping}). */
public enum EarlyStopping {
    /** At once. */
    TRUE,
    /** When the best running sequence, scored at its present length, is no better than the worst ended one. */
    FALSE,
    /** When no running sequence can become better than the worst ended one, at whatever length favours it. */
    NEVER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
