package dev.gatun.sampler;

import java.util.List;
import java.util.Map;

/**
 * Adds an amount to the token that would complete a sequence: x[last] += bias if the history ends with all tokens before
 * the last (Hugging Face, {@code sequence_bias}). A sequence of one token is always biased.
 */
final class SequenceBias implements LogitsProcessor {
    private final int[][] sequences;
    private final float[] amounts;

    SequenceBias(Map<List<Integer>, Float> biases) {
        sequences = new int[biases.size()][];
        amounts = new float[biases.size()];
        int i = 0;
        for (var bias : biases.entrySet()) {
            sequences[i] = bias.getKey().stream().mapToInt(Integer::intValue).toArray();
            amounts[i++] = bias.getValue();
        }
    }

    @Override
    public void process(Logits logits, History history) {
        for (int i = 0; i < sequences.length; i++) {
            int[] sequence = sequences[i];
            if (history.endsWith(sequence, sequence.length - 1)) {
                logits.add(sequence[sequence.length - 1], amounts[i]);
            }
        }
    }

    @Override
    public String name() {
        return "sequence_bias";
    }
}
