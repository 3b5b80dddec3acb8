package dev.gatun.sampler;

/**
 * Of the hundred best tokens, keeps the longest prefix whose terms -p ln p sum to at most the share h of their entropy
 * (Potraghloo et al., "Top-H decoding", 2025; Hugging Face's rule). The best token always stays.
 */
final class TopH implements Cut {
    private static final int MOST = 100;

    private final double h;

    TopH(double h) {
        this.h = h;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepBest(MOST, false);
        int count = candidates.sortBest(MOST);
        double budget = candidates.entropy() * h;
        double spent = candidates.surprise(0);
        int kept = 1;
        while (kept < count) {
            spent += candidates.surprise(kept);
            if (spent > budget) {
                break;
            }
            kept++;
        }
        candidates.keepBest(kept, false);
    }
}
