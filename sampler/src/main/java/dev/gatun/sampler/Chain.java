package dev.gatun.sampler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A sampling chain compiled for one sequence: the steps that do something, in order. */
final class Chain {
    private final LogitsProcessor[] edits;
    private final LogitsProcessor[] joined; // the same edits, both penalties as one
    private final Cut[] cuts;
    private final List<Step> steps; // those of the cuts

    private Chain(List<LogitsProcessor> edits, List<Cut> cuts, List<Step> steps) {
        this.edits = edits.toArray(LogitsProcessor[]::new);
        this.joined = join(edits).toArray(LogitsProcessor[]::new);
        this.cuts = cuts.toArray(Cut[]::new);
        this.steps = steps;
    }

    /**
     * Leaves out what is switched off.
     *
     * @param ends all tokens that may end the sequence
     * @throws InvalidSamplingException if an option is set that the order has no step for
     */
    static Chain compile(SamplingParams params, int[] ends, int vocabulary, Philox random) {
        var edits = new ArrayList<LogitsProcessor>();
        var cuts = new ArrayList<Cut>();
        var steps = new ArrayList<Step>();
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
                edits.addAll(edits(step, params, ends));
            } else if (!params.isGreedy()) {
                cuts.add(cut(step, params, vocabulary, random));
                steps.add(step);
            }
        }
        return new Chain(edits, cuts, steps);
    }

    private static List<LogitsProcessor> join(List<LogitsProcessor> edits) {
        var joined = new ArrayList<LogitsProcessor>();
        for (LogitsProcessor edit : edits) {
            if (edit instanceof CountPenalties second
                    && !joined.isEmpty()
                    && joined.getLast() instanceof RepetitionPenalty first) {
                joined.set(joined.size() - 1, new Penalties(first, second));
            } else {
                joined.add(edit);
            }
        }
        return joined;
    }

    static boolean counts(SamplingParams params) {
        return isSet(Step.REPETITION_PENALTY, params) || isSet(Step.COUNT_PENALTIES, params);
    }

    static boolean isSet(Step step, SamplingParams params) {
        return switch (step) {
            case SUPPRESS_TOKENS -> !params.suppressTokens().isEmpty();
            case BAD_WORDS -> !params.badWords().isEmpty();
            case MIN_TOKENS -> params.minTokens() > 0;
            case LOGIT_BIAS -> !params.logitBias().isEmpty();
            case SEQUENCE_BIAS -> !params.sequenceBias().isEmpty();
            case REPETITION_PENALTY -> params.repetitionPenalty() != 1;
            case COUNT_PENALTIES -> params.presencePenalty() != 0 || params.frequencyPenalty() != 0;
            case NO_REPEAT_NGRAM -> params.noRepeatNgramSize() > 0;
            case DRY -> params.dry().filter(Dry::isOn).isPresent();
            case LENGTH_DECAY -> params.lengthDecay().isPresent();
            case PROCESSORS -> !params.processors().isEmpty();
            case TEMPERATURE -> (!params.isGreedy() && params.temperature() != 1) || followsEntropy(params);
            case TOP_N_SIGMA -> params.topNSigma() > 0;
            case MIN_P -> params.minP() > 0;
            case TOP_K -> params.topK() > 0;
            case TOP_P -> params.topP() < 1;
            case TYPICAL_P -> params.typicalP() < 1;
            case TOP_H -> params.topH() < 1;
            case EPSILON_CUTOFF -> params.epsilonCutoff() > 0;
            case ETA_CUTOFF -> params.etaCutoff() > 0;
            case XTC -> params.xtc().filter(Xtc::isOn).isPresent();
            case MIROSTAT -> params.mirostat().filter(Mirostat::isOn).isPresent();
        };
    }

    private static boolean followsEntropy(SamplingParams params) {
        return params.dynamicTemperature().filter(DynamicTemperature::isOn).isPresent();
    }

    private static List<LogitsProcessor> edits(Step step, SamplingParams params, int[] ends) {
        return switch (step) {
            case SUPPRESS_TOKENS -> List.of(new SuppressTokens(params.suppressTokens()));
            case BAD_WORDS -> List.of(new BadWords(params.badWords(), ends));
            case MIN_TOKENS -> List.of(new MinTokens(params.minTokens(), ends));
            case LOGIT_BIAS -> List.of(new LogitBias(params.logitBias()));
            case SEQUENCE_BIAS -> List.of(new SequenceBias(params.sequenceBias()));
            case REPETITION_PENALTY -> List.of(new RepetitionPenalty(params.repetitionPenalty()));
            case COUNT_PENALTIES ->
                List.of(new CountPenalties(params.frequencyPenalty(), params.presencePenalty(), params.countPrompt()));
            case NO_REPEAT_NGRAM -> List.of(new NoRepeatNgram(params.noRepeatNgramSize()));
            case DRY -> List.of(new DryPenalty(params.dry().orElseThrow()));
            case LENGTH_DECAY -> List.of(params.lengthDecay().orElseThrow().edit(ends));
            case PROCESSORS ->
                params.processors().stream().<LogitsProcessor>map(Supplier::get).toList();
            default -> throw new AssertionError(step);
        };
    }

    private static Cut cut(Step step, SamplingParams params, int vocabulary, Philox random) {
        return switch (step) {
            case TEMPERATURE ->
                params.dynamicTemperature()
                        .filter(DynamicTemperature::isOn)
                        .map(dynamic -> dynamic.cut(params.temperature()))
                        .orElseGet(() -> new Temperature(params.temperature()));
            case TOP_N_SIGMA -> new TopNSigma(params.topNSigma());
            case MIN_P -> new MinP(params.minP());
            case TOP_K -> new TopK(params.topK(), params.keepTies());
            case TOP_P -> new TopP(params.topP());
            case TYPICAL_P -> new TypicalP(params.typicalP());
            case TOP_H -> new TopH(params.topH());
            case EPSILON_CUTOFF -> new EpsilonCutoff(params.epsilonCutoff());
            case ETA_CUTOFF -> new EtaCutoff(params.etaCutoff());
            case XTC -> params.xtc().orElseThrow().cut(random);
            case MIROSTAT -> params.mirostat().orElseThrow().cut(vocabulary);
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

    /** Applies all edits. */
    void edit(Logits logits, History history) {
        for (LogitsProcessor edit : joined) {
            edit.process(logits, history);
        }
    }

    /** The steps of the cuts, in order. */
    List<Step> cuts() {
        return steps;
    }

    void cut(Candidates candidates, int index) {
        cuts[index].apply(candidates);
    }

    void cut(Candidates candidates) {
        for (Cut cut : cuts) {
            cut.apply(candidates);
        }
    }

    /** Tells the cuts which token was drawn. */
    void chosen(Candidates candidates, int token) {
        for (Cut cut : cuts) {
            cut.chosen(candidates, token);
        }
    }
}
