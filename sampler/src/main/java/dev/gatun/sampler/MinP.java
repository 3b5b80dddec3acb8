package dev.gatun.sampler;

/**
 * Keeps the tokens at least m times as likely as the best one (Nguyen et al., "Turning up the heat: min-p sampling",
 * 2024). Needs no probabilities: p[i] >= m p[max] is x[i] >= x[max] + ln m.
 */
final class MinP implements Cut {
    private final double logarithm;

    MinP(double m) {
        this.logarithm = StrictMath.log(m);
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepAtLeast(logarithm);
    }
}
