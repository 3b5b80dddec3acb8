package dev.gatun.sampler;

/**
 * Keeps the tokens whose surprise is nearest to the law's entropy, until they hold the share p of the mass: in ascending
 * order of |-ln p[i] - H|, ties with the last one included (Meister et al., "Locally typical sampling", 2022; Hugging
 * Face's rule). Terms 0 ln 0 of the entropy count as 0.
 */
final class TypicalP implements Cut {
    private final double p;

    TypicalP(double p) {
        this.p = p;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepTypical(p);
    }
}
