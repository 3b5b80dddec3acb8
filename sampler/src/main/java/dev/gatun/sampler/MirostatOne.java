package dev.gatun.sampler;

/**
 * Mirostat 1: estimates the exponent s of Zipf's law from the hundred best tokens, and keeps the k best that would have
 * the wanted surprise mu under it: k = (e 2^mu / (1 - V^-e))^(1/s) with e = s - 1. Then mu moves by eta times the error.
 *
 * <p>At e = 0 the fraction has the limit 2^mu / ln V.
 */
final class MirostatOne implements Cut {
    private static final int SAMPLE = 100;
    private static final double LN2 = StrictMath.log(2);

    private final double tau;
    private final double eta;
    private final int vocabulary;
    private double mu; // bits

    MirostatOne(Mirostat mirostat, int vocabulary) {
        tau = mirostat.tau();
        eta = mirostat.eta();
        mu = 2 * tau;
        this.vocabulary = vocabulary;
    }

    @Override
    public void apply(Candidates candidates) {
        int count = candidates.sortBest(SAMPLE);
        double products = 0;
        double squares = 0;
        for (int i = 0; i < count - 1; i++) {
            double t = StrictMath.log((i + 2.0) / (i + 1.0));
            products += t * (candidates.exponent(i) - candidates.exponent(i + 1));
            squares += t * t;
        }
        if (squares > 0) {
            double s = products / squares;
            double e = s - 1;
            double power = StrictMath.exp(mu * LN2);
            double fraction = e == 0
                    ? power / StrictMath.log(vocabulary)
                    : e * power / (1 - StrictMath.exp(-e * StrictMath.log(vocabulary)));
            candidates.keepBest(Math.max(1, (int) StrictMath.exp(StrictMath.log(fraction) / s)), false);
        }
    }

    @Override
    public void chosen(Candidates candidates, int token) {
        mu -= eta * (-StrictMath.log(candidates.probability(token)) / LN2 - tau);
    }
}
