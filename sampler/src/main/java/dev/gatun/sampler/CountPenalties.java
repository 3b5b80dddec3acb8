package dev.gatun.sampler;

/**
 * Makes a token less likely by how often it was generated: x - c frequency - [c > 0] presence, c being its occurrences in
 * the window (OpenAI API, {@code frequency_penalty} and {@code presence_penalty}).
 */
final class CountPenalties implements LogitsProcessor {
    private final double frequency;
    private final double presence;
    private final boolean countsPrompt;

    CountPenalties(double frequency, double presence, boolean countsPrompt) {
        this.frequency = frequency;
        this.presence = presence;
        this.countsPrompt = countsPrompt;
    }

    @Override
    public void process(Logits logits, History history) {
        TokenCounts counts = history.counts();
        for (int entry = 0; entry < counts.size(); entry++) {
            int token = counts.token(entry);
            float x = logits.get(token);
            float penalised = penalised(x, counts, entry);
            if (penalised != x) {
                logits.set(token, penalised);
            }
        }
    }

    /** The logit of the token of an entry. */
    float penalised(float x, TokenCounts counts, int entry) {
        int count = countsPrompt ? counts.count(entry) : counts.generated(entry);
        return count > 0 ? (float) (x - (count * frequency + presence)) : x;
    }

    @Override
    public String name() {
        return "presence_penalty and frequency_penalty";
    }
}
