package dev.gatun.sampler;

/**
 * Keeps the nucleus: each token for which the tokens above it hold less than p of the mass (Holtzman et al., "The curious
 * case of neural text degeneration", 2020). The best token always stays.
 */
final class TopP implements Cut {
    private final double p;

    TopP(double p) {
        this.p = p;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepMass(p);
    }
}
