package dev.gatun.cli.eval;

/** Logarithms of probabilities from logits: {@code logit[i] - log(sum_j exp(logit[j]))}, with sums in {@code double}. */
final class LogSoftmax {

    private LogSoftmax() {}

    /** The logarithm of the sum of exponentials, computed around the largest logit so that nothing overflows. */
    static double logSum(float[] logits) {
        float max = max(logits);
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    static float max(float[] logits) {
        float max = logits[0];
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        return max;
    }

    /** Index of the largest logit; the lowest among equals. */
    static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
