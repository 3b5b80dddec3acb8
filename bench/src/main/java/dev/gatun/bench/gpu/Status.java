package dev.gatun.bench.gpu;

import java.util.Locale;

/** What a row's figures are. */
public enum Status {
    /** Times of a device, by its own clock. */
    MEASURED,
    /** What a device executed, exactly; no times. */
    COUNTED,
    /** Bounds from counts and data sheets; no times. */
    PREDICTED,
    /** A check that held. */
    PASSED,
    /** A check that did not hold, or an error: no figures. */
    FAILED,
    /** The device or the machine lacks what the case needs. */
    LACKING;

    /** As files have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Status of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
