package dev.gatun.cli.eval;

/** {@code exp(-mean(log p(token)))} over the tokens it was shown (Jelinek et al. 1977). */
public final class Perplexity implements Windows.Scored {
    private double sum;
    private double sumOfSquares;
    private int count;

    @Override
    public void accept(int target, float[] logits) {
        add(LogSoftmax.logSum(logits) - logits[target]);
    }

    void add(double negativeLogLikelihood) {
        sum += negativeLogLikelihood;
        sumOfSquares += negativeLogLikelihood * negativeLogLikelihood;
        count++;
    }

    public double value() {
        return Math.exp(sum / count);
    }

    /** Standard error of {@link #value}, from that of the mean by first-order propagation; NaN with fewer than two tokens. */
    public double standardError() {
        double mean = sum / count;
        double variance = Math.max(0, sumOfSquares / count - mean * mean);
        return count < 2 ? Double.NaN : Math.sqrt(variance / (count - 1)) * value();
    }

    /** Tokens scored. */
    public int count() {
        return count;
    }
}
