package dev.gatun.sampler;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a sequence's tokens are chosen, and when it ends. Immutable and valid: {@link Builder#build} checks every range and
 * names what contradicts what.
 *
 * <p>A builder starts with vLLM's defaults: the model's own law (temperature 1), nothing cut, nothing penalised.
 */
public final class SamplingParams {
    /** Always the most likely token; among equals the lowest id. */
    public static final SamplingParams GREEDY = builder().temperature(0).build();

    private static final int MOST_STOPS = 64;
    private static final double MOST_PENALTY = 2;
    private static final double MOST_BIAS = 100;

    private final Builder options;

    private SamplingParams(Builder options) {
        this.options = options;
    }

    /** Options with vLLM's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** These options, to be changed. */
    public Builder toBuilder() {
        return new Builder(options);
    }

    /** Divides the logits; 0 means greedy. */
    public double temperature() {
        return options.temperature;
    }

    /** Whether the most likely token is always taken. */
    public boolean isGreedy() {
        return options.temperature == 0;
    }

    /** How many of the best tokens stay; 0 for all. */
    public int topK() {
        return options.topK;
    }

    /** The share of the mass that the nucleus holds; 1 for all. */
    public double topP() {
        return options.topP;
    }

    /** The least likelihood relative to the best token's; 0 for none. */
    public double minP() {
        return options.minP;
    }

    /** Divides positive logits, and multiplies negative ones, of tokens in the window; 1 for none. */
    public double repetitionPenalty() {
        return options.repetitionPenalty;
    }

    /** Taken from the logits of tokens that were generated; 0 for none. */
    public double presencePenalty() {
        return options.presencePenalty;
    }

    /** Taken from the logit of a token each time it was generated; 0 for none. */
    public double frequencyPenalty() {
        return options.frequencyPenalty;
    }

    /** How many of the last tokens the penalties look at; -1 for all of them. */
    public int repeatLastN() {
        return options.repeatLastN;
    }

    /** Whether presence and frequency also count the prompt's tokens, as llama.cpp does. */
    public boolean countPrompt() {
        return options.countPrompt;
    }

    /** Added to the logits of tokens. */
    public Map<Integer, Float> logitBias() {
        return options.logitBias;
    }

    /** The seed, if one was named. */
    public OptionalLong seed() {
        return options.seed;
    }

    /** The most tokens to generate, if there is a limit. */
    public OptionalInt maxTokens() {
        return options.maxTokens;
    }

    /** The least tokens to generate before anything may end the sequence. */
    public int minTokens() {
        return options.minTokens;
    }

    /** Texts that end the sequence where they appear. */
    public List<String> stop() {
        return options.stop;
    }

    /** Tokens that end the sequence, besides the model's own. */
    public List<Integer> stopTokenIds() {
        return options.stopTokenIds;
    }

    /** Whether the model's own end tokens do not end the sequence. */
    public boolean ignoreEos() {
        return options.ignoreEos;
    }

    /** The order of the chain's steps. */
    public ChainOrder order() {
        return options.order;
    }

    /** Collects options; a method a field, with the names of the command line. */
    public static final class Builder {
        private double temperature = 1;
        private int topK;
        private double topP = 1;
        private double minP;
        private double repetitionPenalty = 1;
        private double presencePenalty;
        private double frequencyPenalty;
        private int repeatLastN = -1;
        private boolean countPrompt;
        private Map<Integer, Float> logitBias = Map.of();
        private OptionalLong seed = OptionalLong.empty();
        private OptionalInt maxTokens = OptionalInt.empty();
        private int minTokens;
        private List<String> stop = List.of();
        private List<Integer> stopTokenIds = List.of();
        private boolean ignoreEos;
        private ChainOrder order = ChainOrder.VLLM;

        private Builder() {}

        private Builder(Builder that) {
            temperature = that.temperature;
            topK = that.topK;
            topP = that.topP;
            minP = that.minP;
            repetitionPenalty = that.repetitionPenalty;
            presencePenalty = that.presencePenalty;
            frequencyPenalty = that.frequencyPenalty;
            repeatLastN = that.repeatLastN;
            countPrompt = that.countPrompt;
            logitBias = that.logitBias;
            seed = that.seed;
            maxTokens = that.maxTokens;
            minTokens = that.minTokens;
            stop = that.stop;
            stopTokenIds = that.stopTokenIds;
            ignoreEos = that.ignoreEos;
            order = that.order;
        }

        /** 0 for greedy, else any positive number. */
        public Builder temperature(double temperature) {
            this.temperature = temperature;
            return this;
        }

        /** 0 or -1 for all tokens. */
        public Builder topK(int topK) {
            this.topK = topK;
            return this;
        }

        /** In (0, 1]. */
        public Builder topP(double topP) {
            this.topP = topP;
            return this;
        }

        /** In [0, 1]. */
        public Builder minP(double minP) {
            this.minP = minP;
            return this;
        }

        /** Positive; above 1 discourages repetition, below 1 encourages it. */
        public Builder repetitionPenalty(double repetitionPenalty) {
            this.repetitionPenalty = repetitionPenalty;
            return this;
        }

        /** In [-2, 2]. */
        public Builder presencePenalty(double presencePenalty) {
            this.presencePenalty = presencePenalty;
            return this;
        }

        /** In [-2, 2]. */
        public Builder frequencyPenalty(double frequencyPenalty) {
            this.frequencyPenalty = frequencyPenalty;
            return this;
        }

        /** -1 for the whole sequence, 0 to switch the penalties off. */
        public Builder repeatLastN(int repeatLastN) {
            this.repeatLastN = repeatLastN;
            return this;
        }

        /** Whether presence and frequency also count the prompt's tokens. */
        public Builder countPrompt(boolean countPrompt) {
            this.countPrompt = countPrompt;
            return this;
        }

        /** Amounts in [-100, 100] by token. */
        public Builder logitBias(Map<Integer, Float> logitBias) {
            this.logitBias = logitBias;
            return this;
        }

        /** Any number; the same seed gives the same tokens. */
        public Builder seed(long seed) {
            this.seed = OptionalLong.of(seed);
            return this;
        }

        /** At least 0. */
        public Builder maxTokens(int maxTokens) {
            this.maxTokens = OptionalInt.of(maxTokens);
            return this;
        }

        /** At most {@link #maxTokens}. */
        public Builder minTokens(int minTokens) {
            this.minTokens = minTokens;
            return this;
        }

        /** At most {@value #MOST_STOPS} texts, none of them empty. */
        public Builder stop(List<String> stop) {
            this.stop = stop;
            return this;
        }

        /** Texts that end the sequence. */
        public Builder stop(String... stop) {
            return stop(List.of(stop));
        }

        /** Tokens that end the sequence, besides the model's own. */
        public Builder stopTokenIds(List<Integer> stopTokenIds) {
            this.stopTokenIds = stopTokenIds;
            return this;
        }

        /** Whether to go on after the model's own end tokens. */
        public Builder ignoreEos(boolean ignoreEos) {
            this.ignoreEos = ignoreEos;
            return this;
        }

        /** The order of the chain's steps. */
        public Builder order(ChainOrder order) {
            this.order = order;
            return this;
        }

        /**
         * The options, checked.
         *
         * @throws InvalidSamplingException naming the option, its value and its range
         */
        public SamplingParams build() {
            var checked = new Builder(this);
            checked.check();
            return new SamplingParams(checked);
        }

        private void check() {
            Ranges.notNegative("temperature", temperature);
            topK = Math.max(0, Ranges.atLeast("top_k", topK, -1));
            Ranges.above("top_p", topP, 0, 1);
            Ranges.within("min_p", minP, 0, 1);
            Ranges.check(
                    "repetition_penalty",
                    repetitionPenalty,
                    repetitionPenalty > 0
                            && Float.isFinite((float) repetitionPenalty)
                            && Float.isFinite((float) (1 / repetitionPenalty)),
                    "(0, infinity)");
            Ranges.within("presence_penalty", presencePenalty, -MOST_PENALTY, MOST_PENALTY);
            Ranges.within("frequency_penalty", frequencyPenalty, -MOST_PENALTY, MOST_PENALTY);
            Ranges.atLeast("repeat_last_n", repeatLastN, -1);
            Ranges.atLeast("min_tokens", minTokens, 0);
            if (maxTokens.isPresent()) {
                int most = Ranges.atLeast("max_tokens", maxTokens.getAsInt(), 0);
                if (minTokens > most) {
                    throw new InvalidSamplingException(
                            "min_tokens", "min_tokens=" + minTokens + " is above max_tokens=" + most);
                }
            }
            checkBias();
            checkStops();
            stopTokenIds = List.copyOf(stopTokenIds);
            for (int token : stopTokenIds) {
                Ranges.atLeast("stop_token_ids", token, 0);
            }
        }

        private void checkBias() {
            logitBias = Map.copyOf(new LinkedHashMap<>(logitBias));
            for (var bias : logitBias.entrySet()) {
                Ranges.atLeast("logit_bias", bias.getKey(), 0);
                Ranges.within("logit_bias", bias.getValue(), -MOST_BIAS, MOST_BIAS);
            }
        }

        private void checkStops() {
            stop = List.copyOf(stop);
            if (stop.size() > MOST_STOPS) {
                throw new InvalidSamplingException("stop", "stop: " + stop.size() + " texts, at most " + MOST_STOPS);
            }
            for (String text : stop) {
                checkStop(text);
            }
        }
    }

    static void checkStop(String text) {
        if (text.isEmpty()) {
            throw new InvalidSamplingException("stop", "stop: an empty text would end every sequence at once");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new InvalidSamplingException(
                    "stop", "stop: half of a surrogate pair is not text: " + Arrays.toString(text.toCharArray()));
        }
    }
}
