package dev.gatun.sampler;

/**
 * Makes the end ever more likely after so many generated tokens: x[end] += |x[end]| (factor^(generated - start) - 1)
 * (Hugging Face, {@code exponential_decay_length_penalty}).
 *
 * @param start generated tokens after which it begins
 * @param factor above 1 to hasten the end, below 1 to delay it
 */
public record LengthDecay(int start, double factor) {
    private static final double MOST = 1e30; // so that a product with any ordinary logit is finite

    /** Checks the ranges. */
    public LengthDecay {
        Ranges.atLeast("length_decay_start", start, 0);
        Ranges.above("length_decay_factor", factor, 0, 1e6);
    }

    LogitsProcessor edit(int[] ends) {
        return new LogitsProcessor() {
            @Override
            public void process(Logits logits, History history) {
                int over = history.generated() - start;
                if (over > 0) {
                    double growth = Math.min(Exponential.power(factor, over), MOST) - 1;
                    for (int end : ends) {
                        raise(logits, end, growth);
                    }
                }
            }

            @Override
            public String name() {
                return "length_decay";
            }
        };
    }

    private static void raise(Logits logits, int end, double growth) {
        double x = logits.get(end);
        if (x > Float.NEGATIVE_INFINITY) {
            logits.set(end, (float) Math.min(x + Math.abs(x) * growth, Float.MAX_VALUE));
        }
    }
}
