package dev.gatun.sampler;

/** Forbids the tokens that end a sequence until enough are generated (vLLM, {@code min_tokens}). */
final class MinTokens implements LogitsProcessor {
    private final int least;
    private final int[] ends;

    MinTokens(int least, int[] ends) {
        this.least = least;
        this.ends = ends;
    }

    @Override
    public void process(Logits logits, History history) {
        if (history.generated() < least) {
            for (int end : ends) {
                logits.mask(end);
            }
        }
    }

    @Override
    public String name() {
        return "min_tokens";
    }
}
