package dev.gatun.sampler;

/**
 * Forbids every token that would complete an n-gram which the prompt or the output already holds (Paulus et al., "A deep
 * reinforced model for abstractive summarization", 2017; Hugging Face, {@code no_repeat_ngram_size}). Reads the whole
 * history for each token.
 */
final class NoRepeatNgram implements LogitsProcessor {
    private final int n;

    NoRepeatNgram(int n) {
        this.n = n;
    }

    @Override
    public void process(Logits logits, History history) {
        int last = history.length() - n; // first index of the last n-gram
        for (int start = 0; start <= last; start++) {
            if (repeats(history, start, history.length() - n + 1)) {
                logits.mask(history.token(start + n - 1));
            }
        }
    }

    /** Whether the n - 1 tokens at both places are the same. */
    private boolean repeats(History history, int start, int end) {
        for (int i = n - 2; i >= 0; i--) {
            if (history.token(start + i) != history.token(end + i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String name() {
        return "no_repeat_ngram_size";
    }
}
