package dev.gatun.sampler;

/**
 * Drops the tokens less likely than epsilon, but never the best (Hewitt et al., "Truncation sampling as language model
 * desmoothing", 2022; Hugging Face, {@code epsilon_cutoff}).
 */
final class EpsilonCutoff implements Cut {
    private final double epsilon;

    EpsilonCutoff(double epsilon) {
        this.epsilon = epsilon;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepLikely(epsilon);
    }
}
