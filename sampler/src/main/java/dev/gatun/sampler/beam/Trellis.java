package dev.gatun.sampler.beam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The running sequences of every step as links to the step before: a sequence is the way back from its last beam. */
final class Trellis {
    private static final int FIRST_STEPS = 64;

    private final int beams;
    private int[] parents; // [step][beam]
    private int[] tokens; // [step][beam]
    private double[] logprobs; // [step][beam]

    Trellis(int beams) {
        this.beams = beams;
        this.parents = new int[FIRST_STEPS * beams];
        this.tokens = new int[FIRST_STEPS * beams];
        this.logprobs = new double[FIRST_STEPS * beams];
    }

    /** Says how beam {@code beam} of step {@code step}, counted from 0, came to be. */
    void set(int step, int beam, int parent, int token, double logprob) {
        int at = step * beams + beam;
        if (at >= parents.length) {
            parents = Arrays.copyOf(parents, 2 * parents.length);
            tokens = Arrays.copyOf(tokens, 2 * tokens.length);
            logprobs = Arrays.copyOf(logprobs, 2 * logprobs.length);
        }
        parents[at] = parent;
        tokens[at] = token;
        logprobs[at] = logprob;
    }

    int parent(int step, int beam) {
        return parents[step * beams + beam];
    }

    int token(int step, int beam) {
        return tokens[step * beams + beam];
    }

    /** The tokens of beam {@code beam} after {@code steps} steps, and {@code last}. */
    List<Integer> sequence(int steps, int beam, int last) {
        List<Integer> sequence = new ArrayList<>(steps + 1);
        sequence.add(last);
        int at = beam;
        for (int step = steps - 1; step >= 0; step--) {
            sequence.add(token(step, at));
            at = parent(step, at);
        }
        Collections.reverse(sequence);
        return List.copyOf(sequence);
    }

    /** Where these tokens come from. */
    List<Link> links(int steps, int beam, double lastLogprob) {
        List<Link> links = new ArrayList<>(steps + 1);
        links.add(new Link(beam, lastLogprob));
        int at = beam;
        for (int step = steps - 1; step >= 0; step--) {
            links.add(new Link(parent(step, at), logprobs[step * beams + at]));
            at = parent(step, at);
        }
        Collections.reverse(links);
        return List.copyOf(links);
    }
}
