package dev.gatun.sampler;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What holds between and within the options of {@link SamplingParams}. */
final class SamplingRules {
    private static final int MOST_STOPS = 64;
    private static final int MOST_LOGPROBS = 20;
    private static final double MOST_PENALTY = 2;
    private static final double MOST_BIAS = 100;

    private SamplingRules() {}

    static List<List<Integer>> copy(List<List<Integer>> sequences) {
        return sequences.stream().map(List::copyOf).toList();
    }

    static Map<List<Integer>, Float> copy(Map<List<Integer>, Float> sequences) {
        var copy = new LinkedHashMap<List<Integer>, Float>();
        sequences.forEach((sequence, amount) -> copy.put(List.copyOf(sequence), amount));
        return Map.copyOf(copy);
    }

    static void check(SamplingParams params) {
        checkCuts(params);
        checkPenalties(params);
        checkTokens(params);
        checkEnds(params);
        checkCombinations(params);
        params.logprobs().ifPresent(n -> Ranges.within("logprobs", n, 0, MOST_LOGPROBS));
        Ranges.notNegative("guidance_scale", params.guidanceScale());
    }

    private static void checkCuts(SamplingParams params) {
        Ranges.notNegative("temperature", params.temperature());
        Ranges.above("top_p", params.topP(), 0, 1);
        Ranges.within("min_p", params.minP(), 0, 1);
        Ranges.above("typical_p", params.typicalP(), 0, 1);
        Ranges.notNegative("top_n_sigma", params.topNSigma());
        Ranges.above("top_h", params.topH(), 0, 1);
        Ranges.check(
                "epsilon_cutoff",
                params.epsilonCutoff(),
                params.epsilonCutoff() >= 0 && params.epsilonCutoff() < 1,
                "[0, 1)");
        Ranges.check("eta_cutoff", params.etaCutoff(), params.etaCutoff() >= 0 && params.etaCutoff() < 1, "[0, 1)");
    }

    private static void checkPenalties(SamplingParams params) {
        double repetition = params.repetitionPenalty();
        boolean hasInverse =
                repetition > 0 && Float.isFinite((float) repetition) && Float.isFinite((float) (1 / repetition));
        Ranges.check("repetition_penalty", repetition, hasInverse, "(0, infinity)");
        Ranges.within("presence_penalty", params.presencePenalty(), -MOST_PENALTY, MOST_PENALTY);
        Ranges.within("frequency_penalty", params.frequencyPenalty(), -MOST_PENALTY, MOST_PENALTY);
        Ranges.atLeast("repeat_last_n", params.repeatLastN(), -1);
        Ranges.atLeast("no_repeat_ngram_size", params.noRepeatNgramSize(), 0);
    }

    private static void checkTokens(SamplingParams params) {
        params.logitBias().forEach((token, amount) -> {
            Ranges.atLeast("logit_bias", token, 0);
            Ranges.within("logit_bias", amount, -MOST_BIAS, MOST_BIAS);
        });
        params.sequenceBias().forEach((sequence, amount) -> {
            checkSequence("sequence_bias", sequence);
            Ranges.within("sequence_bias", amount, -MOST_BIAS, MOST_BIAS);
        });
        params.badWords().forEach(word -> checkSequence("bad_words", word));
        params.suppressTokens().forEach(token -> Ranges.atLeast("suppress_tokens", token, 0));
        params.stopTokenIds().forEach(token -> Ranges.atLeast("stop_token_ids", token, 0));
    }

    private static void checkSequence(String option, List<Integer> sequence) {
        if (sequence.isEmpty()) {
            throw new InvalidSamplingException(option, option + ": a sequence has no token");
        }
        sequence.forEach(token -> Ranges.atLeast(option, token, 0));
    }

    private static void checkEnds(SamplingParams params) {
        Ranges.atLeast("min_tokens", params.minTokens(), 0);
        if (params.maxTokens().isPresent()) {
            int most = Ranges.atLeast("max_tokens", params.maxTokens().getAsInt(), 0);
            if (params.minTokens() > most) {
                throw new InvalidSamplingException(
                        "min_tokens", "min_tokens=" + params.minTokens() + " is above max_tokens=" + most);
            }
        }
        if (params.stop().size() > MOST_STOPS) {
            throw new InvalidSamplingException(
                    "stop", "stop: " + params.stop().size() + " texts, at most " + MOST_STOPS);
        }
        params.stop().forEach(SamplingRules::checkStop);
        if (params.constraint().isPresent() && params.ignoreEos()) {
            throw new InvalidSamplingException(
                    "ignore_eos",
                    "ignore_eos is set, but a constraint says where the output ends: leave one of them out");
        }
    }

    /** An option that could not be honoured is refused, not ignored. */
    private static void checkCombinations(SamplingParams params) {
        List<Step> set = setCuts(params);
        if (set.contains(Step.MIROSTAT)) {
            set.removeAll(List.of(Step.MIROSTAT, Step.TEMPERATURE));
            if (!set.isEmpty()) {
                throw new InvalidSamplingException(
                        "mirostat", "mirostat takes the place of the other cuts, but " + set + " set as well");
            }
        }
        if (params.isGreedy()) {
            boolean follows =
                    params.dynamicTemperature().filter(DynamicTemperature::isOn).isPresent();
            refuseGreedy("dynatemp_range", follows);
            refuseGreedy("mirostat", Chain.isSet(Step.MIROSTAT, params));
            refuseGreedy("xtc_probability", Chain.isSet(Step.XTC, params));
            refuseGreedy("typical_p", Chain.isSet(Step.TYPICAL_P, params));
        }
    }

    /** A search takes the best sequences: what only a draw heeds is refused. */
    static void checkSearch(SamplingParams params) {
        if (!params.isGreedy()) {
            throw new InvalidSamplingException(
                    "temperature",
                    "temperature=" + params.temperature()
                            + " samples, but num_beams searches for the best: set it to 0");
        }
        for (Step step : setCuts(params)) {
            throw new InvalidSamplingException(
                    step.toString(), step + " is set, but num_beams draws from no law that it could shape");
        }
        refuseSearch(
                "guidance_scale", params.guidanceScale() != 1, "follows one sequence beside a second prompt, not many");
        refuseSearch(
                "processors",
                !params.processors().isEmpty(),
                "may hold the state of one sequence, which a search would have to fork");
    }

    private static void refuseSearch(String option, boolean isSet, String reason) {
        if (isSet) {
            throw new InvalidSamplingException(
                    option, option + " is set, which a search with num_beams can not heed: it " + reason);
        }
    }

    private static List<Step> setCuts(SamplingParams params) {
        var set = new ArrayList<Step>();
        for (Step step : Step.values()) {
            if (!step.isEdit() && Chain.isSet(step, params)) {
                set.add(step);
            }
        }
        return set;
    }

    private static void refuseGreedy(String option, boolean isSet) {
        if (isSet) {
            throw new InvalidSamplingException(
                    option, option + " is set, but temperature=0 always takes the most likely token");
        }
    }

    static void checkStop(String text) {
        if (text.isEmpty()) {
            throw new InvalidSamplingException("stop", "stop: an empty text would end every sequence at once");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new InvalidSamplingException("stop", "stop: a text holds half of a surrogate pair");
        }
    }
}
