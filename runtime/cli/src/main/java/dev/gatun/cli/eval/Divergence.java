package dev.gatun.cli.eval;

import java.util.Arrays;

/**
 * How far a run's predictions are from a stored run's: {@code KL(base || run) = sum_i p_base[i] * (log p_base[i] - log
 * p_run[i])} at each position (Kullback and Leibler 1951), in nats, and how often both find the same token likeliest.
 */
public final class Divergence implements Windows.Scored {
    private final BaseLogits.Reader base;
    private final float[] baseRow;
    private final Perplexity perplexity = new Perplexity();
    private final Perplexity basePerplexity = new Perplexity();
    private double[] divergences;
    private int count;
    private int agreements;

    public Divergence(BaseLogits.Reader base) {
        this.base = base;
        this.baseRow = new float[base.vocabulary()];
        this.divergences = new double[base.windows().scored()];
    }

    @Override
    public void accept(int target, float[] logits) {
        base.next(baseRow);
        double logSum = LogSoftmax.logSum(logits);
        double baseLogSum = LogSoftmax.logSum(baseRow); // the codes' rounding, taken out
        double divergence = 0;
        for (int i = 0; i < logits.length; i++) {
            double logP = baseRow[i] - baseLogSum;
            divergence += Math.exp(logP) * (logP - (logits[i] - logSum));
        }
        divergences[count++] = Math.max(0, divergence);
        agreements += LogSoftmax.best(logits) == LogSoftmax.best(baseRow) ? 1 : 0;
        perplexity.add(logSum - logits[target]);
        basePerplexity.add(baseLogSum - baseRow[target]);
    }

    public double mean() {
        return Arrays.stream(divergences, 0, count).average().orElse(Double.NaN);
    }

    /** The value below which this share of the positions lies, by linear interpolation. */
    public double quantile(double share) {
        double[] sorted = Arrays.copyOf(divergences, count);
        Arrays.sort(sorted);
        double place = share * (count - 1);
        int below = (int) place;
        int above = Math.min(count - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** Share of positions at which both runs have the same likeliest token. */
    public double topAgreement() {
        return (double) agreements / count;
    }

    public int count() {
        return count;
    }

    public double perplexity() {
        return perplexity.value();
    }

    public double basePerplexity() {
        return basePerplexity.value();
    }
}
