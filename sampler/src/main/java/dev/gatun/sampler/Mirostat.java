package dev.gatun.sampler;

/**
 * Steers the surprise of the chosen tokens towards a target (Basu et al., "Mirostat: a neural text decoding algorithm
 * that directly controls perplexity", 2021). Takes the place of all other cuts but the temperature.
 *
 * @param version 1 or 2; 0 switches it off
 * @param tau the target, in bits
 * @param eta how fast to follow it
 */
public record Mirostat(int version, double tau, double eta) {
    /** Checks the ranges. */
    public Mirostat {
        Ranges.within("mirostat", version, 0, 2);
        Ranges.notNegative("mirostat_tau", tau);
        Ranges.within("mirostat_eta", eta, 0, 1);
    }

    /** The usual constants: tau 5, eta 0.1. */
    public Mirostat(int version) {
        this(version, 5, 0.1);
    }

    boolean isOn() {
        return version > 0;
    }

    Cut cut(int vocabulary) {
        return version == 1 ? new MirostatOne(this, vocabulary) : new MirostatTwo(this);
    }
}
