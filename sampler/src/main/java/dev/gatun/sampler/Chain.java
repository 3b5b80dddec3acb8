package dev.gatun.sampler;

import java.util.ArrayList;
import java.util.List;

/** A sampling chain compiled for one sequence: the steps that do something, in order. */
final class Chain {
    private final LogitsProcessor[] edits;
    private final Cut[] cuts;

    private Chain(List<LogitsProcessor> edits, List<Cut> cuts) {
        this.edits = edits.toArray(LogitsProcessor[]::new);
        this.cuts = cuts.toArray(Cut[]::new);
    }

    /**
     * Leaves out what is switched off.
     *
     * @param ends all tokens that may end the sequence
     * @throws InvalidSamplingException if an option is set that the order has no step for
     */
    static Chain compile(SamplingParams params, int[] ends) {
        var edits = new ArrayList<LogitsProcessor>();
        var cuts = new ArrayList<Cut>();
        List<Step> order = params.order().steps();
        for (Step step : Step.values()) {
            if (!order.contains(step) && isSet(step, params)) {
                throw new InvalidSamplingException(
                        "order", "order has no step " + step + " although its option is set: " + params.order());
            }
        }
        for (Step step : order) {
            if (!isSet(step, params)) {
                continue;
            }
            if (step.isEdit()) {
                edits.add(edit(step, params, ends));
            } else if (!params.isGreedy()) {
                cuts.add(cut(step, params));
            }
        }
        return new Chain(edits, cuts);
    }

    static boolean counts(SamplingParams params) {
        return isSet(Step.REPETITION_PENALTY, params) || isSet(Step.COUNT_PENALTIES, params);
    }

    private static boolean isSet(Step step, SamplingParams params) {
        return switch (step) {
            case MIN_TOKENS -> params.minTokens() > 0;
            case LOGIT_BIAS -> !params.logitBias().isEmpty();
            case REPETITION_PENALTY -> params.repetitionPenalty() != 1;
            case COUNT_PENALTIES -> params.presencePenalty() != 0 || params.frequencyPenalty() != 0;
            case TEMPERATURE -> !params.isGreedy() && params.temperature() != 1;
            case MIN_P -> params.minP() > 0;
            case TOP_K -> params.topK() > 0;
            case TOP_P -> params.topP() < 1;
        };
    }

    private static LogitsProcessor edit(Step step, SamplingParams params, int[] ends) {
        return switch (step) {
            case MIN_TOKENS -> new MinTokens(params.minTokens(), ends);
            case LOGIT_BIAS -> new LogitBias(params.logitBias());
            case REPETITION_PENALTY -> new RepetitionPenalty(params.repetitionPenalty());
            case COUNT_PENALTIES ->
                new CountPenalties(params.frequencyPenalty(), params.presencePenalty(), params.countPrompt());
            default -> throw new AssertionError(step);
        };
    }

    private static Cut cut(Step step, SamplingParams params) {
        return switch (step) {
            case TEMPERATURE -> new Temperature(params.temperature());
            case MIN_P -> new MinP(params.minP());
            case TOP_K -> new TopK(params.topK());
            case TOP_P -> new TopP(params.topP());
            default -> throw new AssertionError(step);
        };
    }

    int edits() {
        return edits.length;
    }

    String edit(int index) {
        return edits[index].name();
    }

    /** Applies the first {@code count} edits. */
    void edit(Logits logits, History history, int count) {
        for (int i = 0; i < count; i++) {
            edits[i].process(logits, history);
        }
    }

    void cut(Candidates candidates) {
        for (Cut cut : cuts) {
            cut.apply(candidates);
        }
    }
}
