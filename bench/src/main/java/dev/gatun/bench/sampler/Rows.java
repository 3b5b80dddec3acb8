package dev.gatun.bench.sampler;

import dev.gatun.sampler.SamplingParams;
import java.util.Random;

/** The rows of logits and the options that samplers are measured with. */
final class Rows {
    /** Rows in rotation: together more than a core's own caches hold. */
    static final int COUNT = 16;

    private static final int MOST_TOKENS = 1 << 16;
    private static final int PEAKS = 200;
    private static final double SPREAD = 2;
    private static final double PEAK = 6;
    private static final double FLATNESS = 0.01;

    private Rows() {}

    /** Normal numbers with some peaks, as a model that is not sure makes them. */
    static float[][] peaked(int vocabulary) {
        var random = new Random(vocabulary);
        float[][] rows = new float[COUNT][vocabulary];
        for (float[] row : rows) {
            for (int token = 0; token < vocabulary; token++) {
                row[token] = (float) (SPREAD * random.nextGaussian());
            }
            for (int peak = 0; peak < PEAKS; peak++) {
                row[random.nextInt(vocabulary)] += (float) (PEAK + SPREAD * random.nextGaussian());
            }
        }
        return rows;
    }

    /** Nearly equal numbers: a nucleus holds nearly all tokens. */
    static float[][] flat(int vocabulary) {
        var random = new Random(vocabulary);
        float[][] rows = new float[COUNT][vocabulary];
        for (float[] row : rows) {
            for (int token = 0; token < vocabulary; token++) {
                row[token] = (float) (FLATNESS * random.nextDouble());
            }
        }
        return rows;
    }

    /** A prompt of distinct tokens from everywhere in the vocabulary. */
    static int[] prompt(int vocabulary, int length) {
        return new Random(length).ints(0, vocabulary).distinct().limit(length).toArray();
    }

    /** The usual chain, with all penalties over the last {@code window} tokens, in vLLM's order. */
    static SamplingParams chain(int window) {
        return SamplingParams.builder()
                .repetitionPenalty(1.1)
                .frequencyPenalty(0.1)
                .presencePenalty(0.1)
                .countPrompt(true)
                .repeatLastN(window)
                .temperature(0.8)
                .topK(40)
                .topP(0.95)
                .seed(1)
                .maxTokens(MOST_TOKENS)
                .build();
    }

    /** The best token. */
    static SamplingParams greedy() {
        return SamplingParams.GREEDY.toBuilder().maxTokens(MOST_TOKENS).build();
    }

    /** A nucleus of nearly everything. */
    static SamplingParams nucleus() {
        return SamplingParams.builder()
                .topP(0.95)
                .seed(1)
                .maxTokens(MOST_TOKENS)
                .build();
    }
}
