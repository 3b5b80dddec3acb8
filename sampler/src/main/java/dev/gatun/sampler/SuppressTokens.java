package dev.gatun.sampler;

import java.util.List;

/** Forbids some tokens always (Hugging Face, {@code suppress_tokens}). */
final class SuppressTokens implements LogitsProcessor {
    private final int[] tokens;

    SuppressTokens(List<Integer> tokens) {
        this.tokens = tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void process(Logits logits, History history) {
        for (int token : tokens) {
            logits.mask(token);
        }
    }

    @Override
    public String name() {
        return "suppress_tokens";
    }
}
