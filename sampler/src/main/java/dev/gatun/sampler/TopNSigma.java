package dev.gatun.sampler;

/**
 * Keeps the tokens within n standard deviations of the best: x[i] >= x[max] - n sigma, sigma being that of all finite
 * logits (Tang et al., "Top-n-sigma: not all logits are you need", 2024). No temperature changes what stays.
 */
final class TopNSigma implements Cut {
    private final double n;

    TopNSigma(double n) {
        this.n = n;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepWithin(n);
    }
}
