package dev.gatun.sampler;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The order of a sampling chain's steps. A step does nothing unless its option is set.
 *
 * <p>The one difference that users notice: vLLM and Hugging Face apply the temperature before the cuts, llama.cpp after
 * them. The same numbers then give different laws.
 */
public final class ChainOrder {
    /** The order of vLLM (V1 sampler): the temperature first, then min-p on the full law. The default. */
    public static final ChainOrder VLLM = of(
            Step.MIN_TOKENS,
            Step.LOGIT_BIAS,
            Step.REPETITION_PENALTY,
            Step.COUNT_PENALTIES,
            Step.TEMPERATURE,
            Step.MIN_P,
            Step.TOP_K,
            Step.TOP_P);

    private final List<Step> steps;

    private ChainOrder(List<Step> steps) {
        this.steps = steps;
    }

    /**
     * A chain of these steps.
     *
     * @throws InvalidSamplingException if a step comes twice, or an edit comes after a cut
     */
    public static ChainOrder of(Step... steps) {
        var seen = new ArrayList<Step>(steps.length);
        for (Step step : steps) {
            if (seen.contains(step)) {
                throw new InvalidSamplingException("order", "order: " + step + " comes twice");
            }
            if (step.isEdit() && !seen.isEmpty() && !seen.getLast().isEdit()) {
                throw new InvalidSamplingException(
                        "order",
                        "order: " + step + " edits logits of the whole row, so it cannot come after " + seen.getLast()
                                + ", which may have taken tokens away; put it before");
            }
            seen.add(step);
        }
        return new ChainOrder(List.copyOf(seen));
    }

    /**
     * A chain from its steps' names, separated by commas, or the name of a known order ({@code vllm}).
     *
     * @throws InvalidSamplingException if a name is unknown or the order impossible
     */
    public static ChainOrder parse(String names) {
        String text = names.strip().toLowerCase(Locale.ROOT);
        if (text.equals("vllm")) {
            return VLLM;
        }
        var steps = new ArrayList<Step>();
        for (String name : text.split(",", -1)) {
            steps.add(step(name.strip()));
        }
        return of(steps.toArray(Step[]::new));
    }

    private static Step step(String name) {
        for (Step step : Step.values()) {
            if (step.toString().equals(name)) {
                return step;
            }
        }
        throw new InvalidSamplingException(
                "order", "order: there is no step \"" + name + "\"; known are " + List.of(Step.values()));
    }

    /** The steps, first to last. */
    public List<Step> steps() {
        return steps;
    }

    @Override
    public String toString() {
        return steps.toString();
    }
}
