package dev.gatun.sampler.beam;

import java.util.ArrayList;
import java.util.List;

/** The best sequences that have ended, as many as a search has beams; among equals the earlier one stays ahead. */
final class EndedSequences {
    private final int capacity;
    private final double[] scores; // descending
    private final int[] steps; // before the last token
    private final int[] beams; // whose continuation it is
    private final int[] lastTokens;
    private final double[] lastLogprobs;
    private final boolean[] ended; // rather than cut at the limit
    private int count;

    EndedSequences(int capacity) {
        this.capacity = capacity;
        this.scores = new double[capacity];
        this.steps = new int[capacity];
        this.beams = new int[capacity];
        this.lastTokens = new int[capacity];
        this.lastLogprobs = new double[capacity];
        this.ended = new boolean[capacity];
    }

    boolean isFull() {
        return count == capacity;
    }

    /** The least score kept. */
    double worst() {
        return scores[count - 1];
    }

    /** Adds one if it is among the best, and returns whether it is. */
    boolean add(double score, int step, int beam, int lastToken, double lastLogprob, boolean hasEnded) {
        int at = isFull() ? count - 1 : count;
        if (isFull() && score <= worst()) {
            return false;
        }
        for (; at > 0 && scores[at - 1] < score; at--) {
            scores[at] = scores[at - 1];
            steps[at] = steps[at - 1];
            beams[at] = beams[at - 1];
            lastTokens[at] = lastTokens[at - 1];
            lastLogprobs[at] = lastLogprobs[at - 1];
            ended[at] = ended[at - 1];
        }
        scores[at] = score;
        steps[at] = step;
        beams[at] = beam;
        lastTokens[at] = lastToken;
        lastLogprobs[at] = lastLogprob;
        ended[at] = hasEnded;
        count = Math.min(count + 1, capacity);
        return true;
    }

    List<Hypothesis> best(Trellis trellis, int group) {
        List<Hypothesis> best = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            best.add(new Hypothesis(
                    trellis.sequence(steps[i], beams[i], lastTokens[i]),
                    scores[i],
                    ended[i],
                    group,
                    trellis.links(steps[i], beams[i], lastLogprobs[i])));
        }
        return best;
    }
}
