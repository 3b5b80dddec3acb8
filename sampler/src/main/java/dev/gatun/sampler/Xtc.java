package dev.gatun.sampler;

/**
 * "Exclude top choices": with some probability, takes away all tokens at least as likely as the threshold but the least
 * likely of them (p-e-w, text-generation-webui, 2024; semantics as in llama.cpp). Needs two such tokens, so a threshold
 * above one half does nothing.
 *
 * @param probability in [0, 1]; 0 switches it off
 * @param threshold in [0, 1]
 */
public record Xtc(double probability, double threshold) {
    /** Checks the ranges. */
    public Xtc {
        Ranges.within("xtc_probability", probability, 0, 1);
        Ranges.within("xtc_threshold", threshold, 0, 1);
    }

    boolean isOn() {
        return probability > 0 && threshold <= 0.5;
    }

    /** The chance is a position's second number, so that the first one stays what it is without this cut. */
    Cut cut(Philox random) {
        return candidates -> {
            if (random.secondUniform() < probability) {
                candidates.excludeTop(threshold);
            }
        };
    }
}
