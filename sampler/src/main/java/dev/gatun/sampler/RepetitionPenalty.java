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
                logits.set(token, penalised(logits.get(token)));
            }
        }
    }

    /** The lesser of both quotients, or the greater if tokens are to repeat: logits' signs are nothing to branch on. */
    float penalised(float x) {
        double positive = x / penalty;
        double negative = x / inverse;
        return (float) (penalty >= 1 ? Math.min(positive, negative) : Math.max(positive, negative));
    }

    @Override
    public String name() {
        return "repetition_penalty";
    }
}
