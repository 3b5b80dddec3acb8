package dev.gatun.sampler;

import java.util.Map;

/** Adds a fixed amount to the logits of some tokens: x[t] += bias[t] (OpenAI API, {@code logit_bias}). */
final class LogitBias implements LogitsProcessor {
    private final int[] tokens;
    private final float[] amounts;

    LogitBias(Map<Integer, Float> biases) {
        tokens = new int[biases.size()];
        amounts = new float[biases.size()];
        int i = 0;
        for (var bias : biases.entrySet()) {
            tokens[i] = bias.getKey();
            amounts[i++] = bias.getValue();
        }
    }

    @Override
    public void process(Logits logits, History history) {
        for (int i = 0; i < tokens.length; i++) {
            logits.add(tokens[i], amounts[i]);
        }
    }

    @Override
    public String name() {
        return "logit_bias";
    }
}
