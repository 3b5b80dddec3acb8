package dev.gatun.sampler.beam;

import java.util.ArrayList;
import java.util.List;

/**
 * The best continuations that were offered in a step, by descending score; among equals the earlier offer is better. They
 * stay to be looked at until the next step's first offer.
 */
final class RankedOffers {
    private final double[] scores;
    private final double[] logprobs;
    private final int[] beams;
    private final int[] tokens;
    private final Fate[] fates;
    private int count;
    private boolean decided;

    RankedOffers(int capacity) {
        this.scores = new double[capacity];
        this.logprobs = new double[capacity];
        this.beams = new int[capacity];
        this.tokens = new int[capacity];
        this.fates = new Fate[capacity];
    }

    /** Says that the step is over. */
    void close() {
        decided = true;
    }

    void add(double score, int beam, int token, double logprob) {
        if (decided) {
            decided = false;
            count = 0;
        }
        int at = count;
        if (at == scores.length) {
            if (!(score > scores[--at])) {
                return;
            }
        } else {
            count++;
        }
        for (; at > 0 && scores[at - 1] < score; at--) {
            scores[at] = scores[at - 1];
            logprobs[at] = logprobs[at - 1];
            beams[at] = beams[at - 1];
            tokens[at] = tokens[at - 1];
        }
        scores[at] = score;
        logprobs[at] = logprob;
        beams[at] = beam;
        tokens[at] = token;
    }

    /** How many there are in this step: none before the first offer. */
    int count() {
        return decided ? 0 : count;
    }

    double score(int rank) {
        return scores[rank];
    }

    double logprob(int rank) {
        return logprobs[rank];
    }

    int beam(int rank) {
        return beams[rank];
    }

    int token(int rank) {
        return tokens[rank];
    }

    void decide(int rank, Fate fate) {
        fates[rank] = fate;
    }

    /** Those of the step that is over; none once the next has begun. */
    List<RankedOffer> read() {
        List<RankedOffer> all = new ArrayList<>();
        for (int rank = 0; decided && rank < count; rank++) {
            all.add(new RankedOffer(beams[rank], tokens[rank], logprobs[rank], scores[rank], fates[rank]));
        }
        return all;
    }
}
