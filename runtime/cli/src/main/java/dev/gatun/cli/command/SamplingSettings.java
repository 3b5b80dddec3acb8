package dev.gatun.cli.command;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.sampler.SamplingParams;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that say how tokens are chosen and when an answer ends. What this version cannot do is refused by name.
 *
 * <p>Without {@code --temperature} the answer is greedy, unless an option that only sampling heeds is given: then the
 * temperature is 1.
 */
final class SamplingSettings {

    @Mixin
    private ChainSettings chain = new ChainSettings();

    @Option(names = "--temperature", paramLabel = "T", description = "Divides the logits; 0 is greedy.")
    private @Nullable Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Keep the K most likely tokens; 0 keeps all.")
    private @Nullable Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Keep the likeliest tokens that hold this mass.")
    private @Nullable Double topP;

    @Option(names = "--min-p", paramLabel = "P", description = "Drop tokens below this share of the best one's mass.")
    private @Nullable Double minP;

    @Option(names = "--typical-p", paramLabel = "P", description = "Keep the most typical tokens that hold this mass.")
    private @Nullable Double typicalP;

    @Option(names = "--repetition-penalty", paramLabel = "X", description = "Above 1 discourages repetition.")
    private @Nullable Double repetitionPenalty;

    @Option(names = "--presence-penalty", paramLabel = "X", description = "Taken from logits of tokens generated.")
    private @Nullable Double presencePenalty;

    @Option(names = "--frequency-penalty", paramLabel = "X", description = "The same, for each time.")
    private @Nullable Double frequencyPenalty;

    @Option(
            names = "--logit-bias",
            paramLabel = "ID=X",
            split = ",",
            description = "Added to a token's logit; repeatable.")
    private Map<Integer, Float> logitBias = new LinkedHashMap<>();

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same tokens.")
    private @Nullable Long seed;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Most tokens of the answer.")
    private @Nullable Integer maxTokens;

    @Option(names = "--min-tokens", paramLabel = "N", description = "Least tokens of the answer.")
    private @Nullable Integer minTokens;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Ends the answer where it appears; repeatable.")
    private List<String> stop = List.of();

    @Option(names = "--ignore-eos", description = "Go on after the model's own end tokens.")
    private boolean ignoreEos;

    @Option(names = "--num-beams", paramLabel = "N", description = "Beam search; not available yet.")
    private @Nullable Integer numBeams;

    @Option(names = "--length-penalty", paramLabel = "X", description = "For beam search; not available yet.")
    private @Nullable Double lengthPenalty;

    @Option(names = "--early-stopping", paramLabel = "WHEN", description = "For beam search; not available yet.")
    private @Nullable String earlyStopping;

    @Option(
            names = {"-n", "--n"},
            paramLabel = "N",
            description = "Number of answers; only 1 yet.")
    private @Nullable Integer answers;

    @Option(names = "--logprobs", paramLabel = "N", description = "Log-probabilities of tokens; not available yet.")
    private @Nullable Integer logprobs;

    /**
     * The options, checked.
     *
     * @throws InvalidInputException if one is given that cannot be honoured
     */
    SamplingParams params() {
        refuseUnavailable();
        SamplingParams.Builder builder = chain.builder();
        if (temperature != null) {
            builder.temperature(temperature);
        } else if (!chain.hasPreset()) {
            builder.temperature(samplesOtherwise() ? 1 : 0);
        }
        chain.apply(builder);
        if (topK != null) {
            builder.topK(topK);
        }
        if (topP != null) {
            builder.topP(topP);
        }
        if (minP != null) {
            builder.minP(minP);
        }
        if (typicalP != null) {
            builder.typicalP(typicalP);
        }
        if (repetitionPenalty != null) {
            builder.repetitionPenalty(repetitionPenalty);
        }
        if (presencePenalty != null) {
            builder.presencePenalty(presencePenalty);
        }
        if (frequencyPenalty != null) {
            builder.frequencyPenalty(frequencyPenalty);
        }
        if (seed != null) {
            builder.seed(seed);
        }
        if (maxTokens != null) {
            builder.maxTokens(maxTokens);
        }
        if (minTokens != null) {
            builder.minTokens(minTokens);
        }
        return builder.logitBias(logitBias).stop(stop).ignoreEos(ignoreEos).build();
    }

    private boolean samplesOtherwise() {
        return chain.samples() || Stream.of(topK, topP, minP, typicalP, seed).anyMatch(Objects::nonNull);
    }

    private void refuseUnavailable() {
        refuse(
                "--num-beams",
                numBeams,
                numBeams == null || numBeams == 1,
                "beam search is not available yet; leave it out");
        refuse(
                "--length-penalty",
                lengthPenalty,
                lengthPenalty == null,
                "it belongs to beam search, which is not available yet; leave it out");
        refuse(
                "--early-stopping",
                earlyStopping,
                earlyStopping == null,
                "it belongs to beam search, which is not available yet; leave it out");
        refuse(
                "--n",
                answers,
                answers == null || answers == 1,
                "one answer a request is available yet; leave it out and ask again");
        refuse("--logprobs", logprobs, logprobs == null, "log-probabilities are not available yet; leave it out");
    }

    private static void refuse(String option, @Nullable Object value, boolean honoured, String remedy) {
        if (!honoured) {
            throw new InvalidInputException(option + " is " + value + ": " + remedy + ".");
        }
    }
}
