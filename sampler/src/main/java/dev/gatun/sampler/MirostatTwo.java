package dev.gatun.sampler;

/** Mirostat 2: drops the tokens whose surprise -log2 p exceeds mu, but never the best; then mu moves by eta times the error. */
final class MirostatTwo implements Cut {
    private static final double LN2 = StrictMath.log(2);

    private final double tau;
    private final double eta;
    private double mu; // bits

    MirostatTwo(Mirostat mirostat) {
        tau = mirostat.tau();
        eta = mirostat.eta();
        mu = 2 * tau;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.keepLikely(StrictMath.exp(-mu * LN2));
    }

    @Override
    public void chosen(Candidates candidates, int token) {
        mu -= eta * (-StrictMath.log(candidates.probability(token)) / LN2 - tau);
    }
}
