package dev.gatun.sampler;

import java.util.ArrayList;
import java.util.List;

/**
 * What may be chosen after one stage of a sampling chain, and how likely it is.
 *
 * @param stage the model's own law, {@code model}; then an edit or a {@link Step} by its name
 * @param survivors tokens that may still be chosen
 * @param entropy of their law, in nats
 * @param best the most likely of them, best first
 */
public record StageReport(String stage, int survivors, double entropy, List<Likelihood> best) {
    /** A token and its probability. */
    public record Likelihood(int token, double probability) {}

    static StageReport of(String stage, Candidates candidates, int most) {
        int count = candidates.sortBest(most);
        var best = new ArrayList<Likelihood>(count);
        for (int i = 0; i < count; i++) {
            double logarithm = candidates.logProbability(candidates.logit(i));
            best.add(new Likelihood(candidates.token(i), StrictMath.exp(logarithm)));
        }
        return new StageReport(stage, candidates.count(), candidates.entropy(), List.copyOf(best));
    }
}
