package dev.gatun.sampler;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How a sequence's tokens are chosen, and when it ends. Immutable and valid: {@link Builder#build} checks every range and
 * names what contradicts what.
 *
 * <p>A builder starts with vLLM's defaults: the model's own law (temperature 1), nothing cut, nothing penalised. {@link
 * Preset} has others'.
 */
public final class SamplingParams {
    /** Always the most likely token; among equals the lowest id. */
    public static final SamplingParams GREEDY = builder().temperature(0).build();

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

    /**
     * These options, if a beam search can heed them all.
     *
     * @throws InvalidSamplingException naming what only a draw heeds, or what a search can not keep for each beam
     */
    public SamplingParams forSearch() {
        SamplingRules.checkSearch(this);
        return this;
    }

    /** Whether the most likely token is always taken. */
    public boolean isGreedy() {
        return options.temperature == 0;
    }

    /** Divides the logits; 0 means greedy. */
    public double temperature() {
        return options.temperature;
    }

    /** Lets the temperature follow the entropy, if wanted. */
    public Optional<DynamicTemperature> dynamicTemperature() {
        return options.dynamicTemperature;
    }

    /** How many of the best tokens stay; 0 for all. */
    public int topK() {
        return options.topK;
    }

    /** Whether top-k keeps all tokens that tie with the last one, instead of going by id. */
    public boolean keepTies() {
        return options.keepTies;
    }

    /** The share of the mass that the nucleus holds; 1 for all. */
    public double topP() {
        return options.topP;
    }

    /** The least likelihood relative to the best token's; 0 for none. */
    public double minP() {
        return options.minP;
    }

    /** The share of the mass that the most typical tokens hold; 1 for all. */
    public double typicalP() {
        return options.typicalP;
    }

    /** How many standard deviations below the best logit a token may be; 0 for any. */
    public double topNSigma() {
        return options.topNSigma;
    }

    /** The share of the entropy that the best tokens may hold; 1 for all. */
    public double topH() {
        return options.topH;
    }

    /** The least probability of a token; 0 for none. */
    public double epsilonCutoff() {
        return options.epsilonCutoff;
    }

    /** The least probability of a token in a law of low entropy; 0 for none. */
    public double etaCutoff() {
        return options.etaCutoff;
    }

    /** Excludes top choices, if wanted. */
    public Optional<Xtc> xtc() {
        return options.xtc;
    }

    /** Steers the surprise, if wanted. */
    public Optional<Mirostat> mirostat() {
        return options.mirostat;
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

    /** How many of the last tokens the three penalties look at; -1 for all of them. */
    public int repeatLastN() {
        return options.repeatLastN;
    }

    /** Whether presence and frequency also count the prompt's tokens, as llama.cpp does. */
    public boolean countPrompt() {
        return options.countPrompt;
    }

    /** Penalises repetitions by their length, if wanted. */
    public Optional<Dry> dry() {
        return options.dry;
    }

    /** The n of the n-grams that must not come twice; 0 for none. */
    public int noRepeatNgramSize() {
        return options.noRepeatNgramSize;
    }

    /** Added to the logits of tokens. */
    public Map<Integer, Float> logitBias() {
        return options.logitBias;
    }

    /** Added to the logit of the token that would complete a sequence. */
    public Map<List<Integer>, Float> sequenceBias() {
        return options.sequenceBias;
    }

    /** Sequences of tokens that must not appear. */
    public List<List<Integer>> badWords() {
        return options.badWords;
    }

    /** Tokens that are never chosen. */
    public List<Integer> suppressTokens() {
        return options.suppressTokens;
    }

    /** Makes the end more likely as the output grows, if wanted. */
    public Optional<LengthDecay> lengthDecay() {
        return options.lengthDecay;
    }

    /** The weight of the prompt against a negative one; 1 for none. */
    public double guidanceScale() {
        return options.guidanceScale;
    }

    /** Makes further edits, one of each for each sequence. */
    public List<Supplier<? extends LogitsProcessor>> processors() {
        return options.processors;
    }

    /** What the output must look like, if anything is wanted. */
    public Optional<Constraint> constraint() {
        return options.constraint;
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

    /** How many of the best log-probabilities to report besides the chosen token's, if any. */
    public OptionalInt logprobs() {
        return options.logprobs;
    }

    /** Whether log-probabilities are those of the law drawn from, instead of the model's own. */
    public boolean processedLogprobs() {
        return options.processedLogprobs;
    }

    /** The order of the chain's steps. */
    public ChainOrder order() {
        return options.order;
    }

    /** Collects options; a method a field, with the names of the command line. */
    public static final class Builder {
        private double temperature = 1;
        private Optional<DynamicTemperature> dynamicTemperature = Optional.empty();
        private int topK;
        private boolean keepTies;
        private double topP = 1;
        private double minP;
        private double typicalP = 1;
        private double topNSigma;
        private double topH = 1;
        private double epsilonCutoff;
        private double etaCutoff;
        private Optional<Xtc> xtc = Optional.empty();
        private Optional<Mirostat> mirostat = Optional.empty();
        private double repetitionPenalty = 1;
        private double presencePenalty;
        private double frequencyPenalty;
        private int repeatLastN = -1;
        private boolean countPrompt;
        private Optional<Dry> dry = Optional.empty();
        private int noRepeatNgramSize;
        private Map<Integer, Float> logitBias = Map.of();
        private Map<List<Integer>, Float> sequenceBias = Map.of();
        private List<List<Integer>> badWords = List.of();
        private List<Integer> suppressTokens = List.of();
        private Optional<LengthDecay> lengthDecay = Optional.empty();
        private double guidanceScale = 1;
        private List<Supplier<? extends LogitsProcessor>> processors = List.of();
        private Optional<Constraint> constraint = Optional.empty();
        private OptionalLong seed = OptionalLong.empty();
        private OptionalInt maxTokens = OptionalInt.empty();
        private int minTokens;
        private List<String> stop = List.of();
        private List<Integer> stopTokenIds = List.of();
        private boolean ignoreEos;
        private OptionalInt logprobs = OptionalInt.empty();
        private boolean processedLogprobs;
        private ChainOrder order = ChainOrder.VLLM;

        private Builder() {}

        private Builder(Builder that) {
            temperature = that.temperature;
            dynamicTemperature = that.dynamicTemperature;
            topK = that.topK;
            keepTies = that.keepTies;
            topP = that.topP;
            minP = that.minP;
            typicalP = that.typicalP;
            topNSigma = that.topNSigma;
            topH = that.topH;
            epsilonCutoff = that.epsilonCutoff;
            etaCutoff = that.etaCutoff;
            xtc = that.xtc;
            mirostat = that.mirostat;
            repetitionPenalty = that.repetitionPenalty;
            presencePenalty = that.presencePenalty;
            frequencyPenalty = that.frequencyPenalty;
            repeatLastN = that.repeatLastN;
            countPrompt = that.countPrompt;
            dry = that.dry;
            noRepeatNgramSize = that.noRepeatNgramSize;
            logitBias = that.logitBias;
            sequenceBias = that.sequenceBias;
            badWords = that.badWords;
            suppressTokens = that.suppressTokens;
            lengthDecay = that.lengthDecay;
            guidanceScale = that.guidanceScale;
            processors = that.processors;
            constraint = that.constraint;
            seed = that.seed;
            maxTokens = that.maxTokens;
            minTokens = that.minTokens;
            stop = that.stop;
            stopTokenIds = that.stopTokenIds;
            ignoreEos = that.ignoreEos;
            logprobs = that.logprobs;
            processedLogprobs = that.processedLogprobs;
            order = that.order;
        }

        /** 0 for greedy, else any positive number. */
        public Builder temperature(double temperature) {
            this.temperature = temperature;
            return this;
        }

        /** Lets the temperature follow the entropy. */
        public Builder dynamicTemperature(DynamicTemperature dynamicTemperature) {
            this.dynamicTemperature = Optional.of(dynamicTemperature);
            return this;
        }

        /** 0 or -1 for all tokens. */
        public Builder topK(int topK) {
            this.topK = topK;
            return this;
        }

        /** Whether top-k keeps all tokens that tie with the last one, as vLLM and Hugging Face do, instead of going by id. */
        public Builder keepTies(boolean keepTies) {
            this.keepTies = keepTies;
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

        /** In (0, 1]. */
        public Builder typicalP(double typicalP) {
            this.typicalP = typicalP;
            return this;
        }

        /** Not negative; 0 switches it off. */
        public Builder topNSigma(double topNSigma) {
            this.topNSigma = topNSigma;
            return this;
        }

        /** In (0, 1]; 1 switches it off. */
        public Builder topH(double topH) {
            this.topH = topH;
            return this;
        }

        /** In [0, 1). */
        public Builder epsilonCutoff(double epsilonCutoff) {
            this.epsilonCutoff = epsilonCutoff;
            return this;
        }

        /** In [0, 1). */
        public Builder etaCutoff(double etaCutoff) {
            this.etaCutoff = etaCutoff;
            return this;
        }

        /** Excludes top choices. */
        public Builder xtc(Xtc xtc) {
            this.xtc = Optional.of(xtc);
            return this;
        }

        /** Steers the surprise; takes the place of all cuts but the temperature. */
        public Builder mirostat(Mirostat mirostat) {
            this.mirostat = Optional.of(mirostat);
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

        /** -1 for the whole sequence, 0 to switch the three penalties off. */
        public Builder repeatLastN(int repeatLastN) {
            this.repeatLastN = repeatLastN;
            return this;
        }

        /** Whether presence and frequency also count the prompt's tokens. */
        public Builder countPrompt(boolean countPrompt) {
            this.countPrompt = countPrompt;
            return this;
        }

        /** Penalises repetitions by their length. */
        public Builder dry(Dry dry) {
            this.dry = Optional.of(dry);
            return this;
        }

        /** Not negative; 0 switches it off. */
        public Builder noRepeatNgramSize(int noRepeatNgramSize) {
            this.noRepeatNgramSize = noRepeatNgramSize;
            return this;
        }

        /** Amounts in [-100, 100] by token. */
        public Builder logitBias(Map<Integer, Float> logitBias) {
            this.logitBias = logitBias;
            return this;
        }

        /** Amounts in [-100, 100] by sequence of tokens. */
        public Builder sequenceBias(Map<List<Integer>, Float> sequenceBias) {
            this.sequenceBias = sequenceBias;
            return this;
        }

        /** Sequences of tokens that must not appear; the sampler knows no tokenizer, so each spelling is one. */
        public Builder badWords(List<List<Integer>> badWords) {
            this.badWords = badWords;
            return this;
        }

        /** Tokens that are never chosen. */
        public Builder suppressTokens(List<Integer> suppressTokens) {
            this.suppressTokens = suppressTokens;
            return this;
        }

        /** Makes the end more likely as the output grows. */
        public Builder lengthDecay(LengthDecay lengthDecay) {
            this.lengthDecay = Optional.of(lengthDecay);
            return this;
        }

        /** Not negative; 1 switches it off. Any other needs {@link Sampler#next(float[], float[])}. */
        public Builder guidanceScale(double guidanceScale) {
            this.guidanceScale = guidanceScale;
            return this;
        }

        /** Makes further edits, one of each for each sequence. */
        public Builder processors(List<Supplier<? extends LogitsProcessor>> processors) {
            this.processors = processors;
            return this;
        }

        /**
         * What the output must look like: other tokens are taken away before any step of the chain, and the sequence may end
         * only where the output is complete. An output that a limit of tokens or a stop text cuts off is none.
         */
        public Builder constraint(Constraint constraint) {
            this.constraint = Optional.of(constraint);
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

        /** At most 64 texts, none of them empty. */
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

        /** In [0, 20]: how many to report besides the chosen token's. */
        public Builder logprobs(int logprobs) {
            this.logprobs = OptionalInt.of(logprobs);
            return this;
        }

        /** Whether to report log-probabilities of the law drawn from, instead of the model's own. */
        public Builder processedLogprobs(boolean processedLogprobs) {
            this.processedLogprobs = processedLogprobs;
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
            var copy = new Builder(this);
            copy.topK = Math.max(0, Ranges.atLeast("top_k", topK, -1));
            copy.logitBias = Map.copyOf(logitBias);
            copy.sequenceBias = SamplingRules.copy(sequenceBias);
            copy.badWords = SamplingRules.copy(badWords);
            copy.suppressTokens = List.copyOf(suppressTokens);
            copy.processors = List.copyOf(processors);
            copy.stop = List.copyOf(stop);
            copy.stopTokenIds = List.copyOf(stopTokenIds);
            var params = new SamplingParams(copy);
            SamplingRules.check(params);
            return params;
        }
    }
}
