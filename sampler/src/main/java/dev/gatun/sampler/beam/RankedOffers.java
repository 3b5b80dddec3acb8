package dev.gatun.sampler.beam;

/** The best continuations that were offered in a step, by descending score; among equals the earlier offer is better. */
final class RankedOffers {
    private final double[] scores;
    private final int[] beams;
    private final int[] tokens;
    private int count;

    RankedOffers(int capacity) {
        this.scores = new double[capacity];
        this.beams = new int[capacity];
        this.tokens = new int[capacity];
    }

    void clear() {
        count = 0;
    }

    void add(double score, int beam, int token) {
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
            beams[at] = beams[at - 1];
            tokens[at] = tokens[at - 1];
        }
        scores[at] = score;
        beams[at] = beam;
        tokens[at] = token;
    }

    int count() {
        return count;
    }

    double score(int rank) {
        return scores[rank];
    }

    int beam(int rank) {
        return beams[rank];
    }

    int token(int rank) {
        return tokens[rank];
    }
}
