package dev.gatun.sampler;

import java.util.ArrayList;
import java.util.Arrays;
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
            Step.SUPPRESS_TOKENS,
            Step.BAD_WORDS,
            Step.MIN_TOKENS,
            Step.LOGIT_BIAS,
            Step.SEQUENCE_BIAS,
            Step.REPETITION_PENALTY,
            Step.COUNT_PENALTIES,
            Step.NO_REPEAT_NGRAM,
            Step.DRY,
            Step.LENGTH_DECAY,
            Step.PROCESSORS,
            Step.TEMPERATURE,
            Step.TOP_N_SIGMA,
            Step.MIN_P,
            Step.TOP_K,
            Step.TOP_P,
            Step.TYPICAL_P,
            Step.TOP_H,
            Step.EPSILON_CUTOFF,
            Step.ETA_CUTOFF,
            Step.XTC,
            Step.MIROSTAT);

    /** The order of Hugging Face's {@code generate}: the temperature first, min-p behind top-p. */
    public static final ChainOrder HF = of(
            Step.LOGIT_BIAS,
            Step.SEQUENCE_BIAS,
            Step.REPETITION_PENALTY,
            Step.COUNT_PENALTIES,
            Step.NO_REPEAT_NGRAM,
            Step.DRY,
            Step.BAD_WORDS,
            Step.MIN_TOKENS,
            Step.LENGTH_DECAY,
            Step.SUPPRESS_TOKENS,
            Step.PROCESSORS,
            Step.TEMPERATURE,
            Step.TOP_N_SIGMA,
            Step.TOP_H,
            Step.TOP_K,
            Step.TOP_P,
            Step.MIN_P,
            Step.TYPICAL_P,
            Step.EPSILON_CUTOFF,
            Step.ETA_CUTOFF,
            Step.XTC,
            Step.MIROSTAT);

    /** The order of llama.cpp: all cuts see the model's own law, the temperature comes last. */
    public static final ChainOrder LLAMACPP = of(
            Step.LOGIT_BIAS,
            Step.SEQUENCE_BIAS,
            Step.SUPPRESS_TOKENS,
            Step.BAD_WORDS,
            Step.MIN_TOKENS,
            Step.LENGTH_DECAY,
            Step.REPETITION_PENALTY,
            Step.COUNT_PENALTIES,
            Step.NO_REPEAT_NGRAM,
            Step.DRY,
            Step.PROCESSORS,
            Step.TOP_N_SIGMA,
            Step.TOP_K,
            Step.TYPICAL_P,
            Step.TOP_P,
            Step.MIN_P,
            Step.TOP_H,
            Step.EPSILON_CUTOFF,
            Step.ETA_CUTOFF,
            Step.XTC,
            Step.TEMPERATURE,
            Step.MIROSTAT);

    private final List<Step> steps;

    private ChainOrder(List<Step> steps) {
        this.steps = steps;
    }

    /**
     * A chain of these steps.
     *
     * @throws InvalidSamplingException if a step comes twice, an edit comes after a cut, or anything after mirostat
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
            if (seen.contains(Step.MIROSTAT)) {
                throw new InvalidSamplingException(
                        "order",
                        "order: mirostat learns from the token drawn from its own law, so " + step
                                + " cannot come after it");
            }
            seen.add(step);
        }
        return new ChainOrder(List.copyOf(seen));
    }

    /**
     * A chain from its steps' names, separated by commas, or the name of a known order ({@code vllm}, {@code hf},
     * {@code llamacpp}).
     *
     * @throws InvalidSamplingException if a name is unknown or the order impossible
     */
    public static ChainOrder parse(String names) {
        String text = names.strip().toLowerCase(Locale.ROOT);
        return switch (text) {
            case "vllm" -> VLLM;
            case "hf" -> HF;
            case "llamacpp" -> LLAMACPP;
            default ->
                of(Arrays.stream(text.split(",", -1))
                        .map(name -> step(name.strip()))
                        .toArray(Step[]::new));
        };
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
