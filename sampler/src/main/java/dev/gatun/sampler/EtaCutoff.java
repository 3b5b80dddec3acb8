package dev.gatun.sampler;

/**
 * Drops the tokens less likely than min(epsilon, sqrt(epsilon) e^-H), but never the best; H is the law's entropy (Hewitt
 * et al., "Truncation sampling as language model desmoothing", 2022; Hugging Face, {@code eta_cutoff}).
 */
final class EtaCutoff implements Cut {
    private final double epsilon;

    EtaCutoff(double epsilon) {
        this.epsilon = epsilon;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepLikely(Math.min(epsilon, Math.sqrt(epsilon) * StrictMath.exp(-candidates.entropy())));
    }
}
