package dev.gatun.sampler;

/**
 * Makes each token that occurs in the window less likely, once, however often it occurs: x / r if x is positive, else x r
 * (Keskar et al., "CTRL", 2019, with the sign corrected as Hugging Face and llama.cpp do).
 */
final class RepetitionPenalty implements LogitsProcessor {
    private final double penalty;
    private final double inverse;

    RepetitionPenalty(double penalty) {
        this.penalty = penalty;
        this.inverse = 1 / penalty;
    }

    @Override
    public void process(Logits logits, History history) {
        TokenCounts counts = history.counts();
        for (int entry = 0; entry < counts.size(); entry++) {
            if (counts.count(entry) > 0) {
                int token = counts.token(entry);
                float x = logits.get(token);
                logits.set(token, (float) (x / (x < 0 ? inverse : penalty)));
            }
        }
    }

    @Override
    public String name() {
        return "repetition_penalty";
    }
}
