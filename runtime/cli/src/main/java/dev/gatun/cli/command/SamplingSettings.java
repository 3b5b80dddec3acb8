package dev.gatun.cli.command;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that say how tokens are chosen and when an answer ends, and how many answers there are.
 *
 * <p>Without {@code --temperature} the answer is greedy, unless an option that only sampling heeds is given: then the
 * temperature is 1.
 */
final class SamplingSettings {

    @Mixin
    private ConstraintSettings constraint = new ConstraintSettings();

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

    @Option(
            names = "--guidance-scale",
            paramLabel = "X",
            description =
                    "Above 1 follows the prompt more than --negative-prompt (default: 1, off); computes two prompts.")
    private @Nullable Double guidanceScale;

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

    @Mixin
    private AnswerSettings answers = new AnswerSettings();

    /**
     * The options of one plain answer, checked.
     *
     * @throws InvalidInputException if one is given that cannot be honoured
     */
    SamplingParams params() {
        answers.requireNone();
        return build();
    }

    /**
     * A request for what the options want, checked.
     *
     * @param json whether the result is JSON, which has room for all of it
     * @throws InvalidInputException if one is given that cannot be honoured
     */
    Request request(Request prompt, boolean json) {
        if (!json) {
            answers.requireShownAsText();
        }
        if (answers.searches() && seed != null) {
            throw new InvalidInputException(
                    "--seed is " + seed + ": a search with --num-beams draws nothing; leave one of them out.");
        }
        return answers.apply(prompt.with(build()));
    }

    /**
     * A request for a search whose steps can be shown, checked; of at most {@code usualMaxTokens} tokens if no number is given.
     *
     * @throws InvalidInputException if an option is given that cannot be honoured
     */
    Request search(Request prompt, int usualMaxTokens) {
        if (maxTokens == null) {
            maxTokens = Math.max(usualMaxTokens, minTokens == null ? 0 : minTokens);
        }
        answers.requireSearchOnly();
        return request(prompt, true);
    }

    /** Whether the best answers are searched for. */
    boolean searches() {
        return answers.searches();
    }

    /** The search that is asked for. */
    BeamParams beams() {
        return answers.beams();
    }

    /** Whether the result has a list of answers. */
    boolean listsAnswers() {
        return answers.listsAnswers();
    }

    private SamplingParams build() {
        return constraint.with(unconstrained());
    }

    private SamplingParams unconstrained() {
        SamplingParams.Builder builder = chain.builder();
        if (temperature != null) {
            builder.temperature(temperature);
        } else if (!chain.hasPreset()) {
            builder.temperature(samples() ? 1 : 0);
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
        if (guidanceScale != null) {
            builder.guidanceScale(guidanceScale);
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
        answers.apply(builder);
        return builder.logitBias(logitBias).stop(stop).ignoreEos(ignoreEos).build();
    }

    private boolean samples() {
        return !answers.searches()
                && (answers.samplesSeveral()
                        || chain.samples()
                        || Stream.of(topK, topP, minP, typicalP, seed).anyMatch(Objects::nonNull));
    }
}
