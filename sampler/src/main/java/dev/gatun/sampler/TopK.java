package dev.gatun.sampler;

/**
 * Keeps the k best tokens (Fan et al., "Hierarchical neural story generation", 2018). Tokens that tie with the last of them
 * go by id, or all stay, as in vLLM and Hugging Face.
 */
final class TopK implements Cut {
    private final int k;
    private final boolean ties;

    TopK(int k, boolean ties) {
        this.k = k;
        this.ties = ties;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepBest(k, ties);
    }
}
