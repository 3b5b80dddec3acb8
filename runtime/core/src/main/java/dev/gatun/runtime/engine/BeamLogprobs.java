package dev.gatun.runtime.engine;

import dev.gatun.sampler.Continuations;
import dev.gatun.sampler.Logprobs;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.Hypothesis;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The best tokens at every running beam of every step of a search, for the sequences that are found in the end to pick theirs
 * from. Grows with the steps.
 */
final class BeamLogprobs {
    private static final int FIRST_STEPS = 16;

    private final int most;
    private final int beams;
    private final int groupSize;
    private final @Nullable Logprobs reader; // of the model's own law; null where the edited one is asked for
    private int[] counts; // [step][place]
    private int[] tokens; // [step][place][most]
    private double[] logprobs;

    /** @param sampling asks for log-probabilities */
    BeamLogprobs(SamplingParams sampling, int vocabulary, int beams, int groupSize) {
        this.most = sampling.logprobs().orElseThrow();
        this.beams = beams;
        this.groupSize = groupSize;
        this.reader = sampling.processedLogprobs() ? null : Logprobs.of(vocabulary, most);
        this.counts = new int[FIRST_STEPS * beams];
        this.tokens = new int[FIRST_STEPS * beams * most];
        this.logprobs = new double[FIRST_STEPS * beams * most];
    }

    /**
     * Reads the best tokens of a beam.
     *
     * @param step counted from 0
     * @param logits the beam's row
     * @param continuations have read that row
     * @param count how many of the best they have found
     */
    void read(int step, int group, int beam, float[] logits, Continuations continuations, int count) {
        int place = step * beams + group * groupSize + beam;
        if (place >= counts.length) {
            counts = Arrays.copyOf(counts, 2 * counts.length);
            tokens = Arrays.copyOf(tokens, 2 * tokens.length);
            logprobs = Arrays.copyOf(logprobs, 2 * logprobs.length);
        }
        if (reader != null) {
            reader.read(logits, 0);
        }
        counts[place] = Math.min(most, reader != null ? reader.count() : count);
        for (int rank = 0; rank < counts[place]; rank++) {
            tokens[place * most + rank] = reader != null ? reader.token(rank) : continuations.token(rank);
            logprobs[place * most + rank] = reader != null ? reader.logprob(rank) : continuations.score(rank);
        }
    }

    /** Writes what belongs to the first {@code length} tokens of a sequence. */
    void write(Hypothesis hypothesis, int length, LogprobLog log) {
        for (int step = 0; step < length; step++) {
            int place = step * beams
                    + hypothesis.group() * groupSize
                    + hypothesis.links().get(step).beam();
            log.add(
                    hypothesis.tokens().get(step),
                    hypothesis.links().get(step).logprob(),
                    tokens,
                    logprobs,
                    place * most,
                    counts[place]);
        }
    }
}
