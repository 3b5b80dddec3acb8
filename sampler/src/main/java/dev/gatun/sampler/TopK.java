package dev.gatun.sampler;

/** Keeps the k best tokens (Fan et al., "Hierarchical neural story generation", 2018); ties go to the lowest ids. */
final class TopK implements Cut {
    private final int k;

    TopK(int k) {
        this.k = k;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepBest(k);
    }
}
