package dev.gatun.cli.command;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.sampler.ChainOrder;
import dev.gatun.sampler.Dry;
import dev.gatun.sampler.DynamicTemperature;
import dev.gatun.sampler.LengthDecay;
import dev.gatun.sampler.Mirostat;
import dev.gatun.sampler.Preset;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.Xtc;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The rarer options of the sampling chain. One that belongs to another which is not given is refused. */
final class ChainSettings {

    @Option(names = "--preset", paramLabel = "NAME", description = "Habits of vllm (default), hf or llamacpp.")
    private @Nullable Preset preset;

    @Option(names = "--order", paramLabel = "STEPS", description = "The chain's steps, separated by commas.")
    private @Nullable String order;

    @Option(
            names = "--dynatemp-range",
            paramLabel = "R",
            description = "Let the temperature follow the entropy by +-R.")
    private @Nullable Double dynatempRange;

    @Option(names = "--dynatemp-exponent", paramLabel = "E", description = "Of the normalised entropy (default: 1).")
    private @Nullable Double dynatempExponent;

    @Option(names = "--top-n-sigma", paramLabel = "N", description = "Keep logits within N deviations of the best.")
    private @Nullable Double topNSigma;

    @Option(names = "--top-h", paramLabel = "H", description = "Keep the likeliest tokens below this share of entropy.")
    private @Nullable Double topH;

    @Option(names = "--epsilon-cutoff", paramLabel = "P", description = "Drop tokens less likely than this.")
    private @Nullable Double epsilonCutoff;

    @Option(names = "--eta-cutoff", paramLabel = "P", description = "The same, less where the law is flat.")
    private @Nullable Double etaCutoff;

    @Option(names = "--xtc-probability", paramLabel = "P", description = "How often the top choices are left out.")
    private @Nullable Double xtcProbability;

    @Option(names = "--xtc-threshold", paramLabel = "P", description = "What is a top choice (default: 0.1).")
    private @Nullable Double xtcThreshold;

    @Option(names = "--mirostat", paramLabel = "VERSION", description = "Steer the surprise: 1 or 2.")
    private @Nullable Integer mirostat;

    @Option(names = "--mirostat-tau", paramLabel = "BITS", description = "The surprise aimed at (default: 5).")
    private @Nullable Double mirostatTau;

    @Option(names = "--mirostat-eta", paramLabel = "X", description = "How fast it is followed (default: 0.1).")
    private @Nullable Double mirostatEta;

    @Option(names = "--repeat-last-n", paramLabel = "N", description = "Tokens that penalties look at; -1 for all.")
    private @Nullable Integer repeatLastN;

    @Option(names = "--count-prompt", description = "Presence and frequency penalties see the prompt, too.")
    private boolean countPrompt;

    @Option(names = "--dry-multiplier", paramLabel = "X", description = "Penalty of a repeated sequence.")
    private @Nullable Double dryMultiplier;

    @Option(names = "--dry-base", paramLabel = "X", description = "How it grows with a token more (default: 1.75).")
    private @Nullable Double dryBase;

    @Option(names = "--dry-allowed-length", paramLabel = "N", description = "Tokens that may repeat (default: 2).")
    private @Nullable Integer dryAllowedLength;

    @Option(
            names = "--dry-penalty-last-n",
            paramLabel = "N",
            description = "Tokens searched; -1 for all (default: -1).")
    private @Nullable Integer dryLastN;

    @Option(
            names = "--dry-sequence-breaker",
            paramLabel = "IDS",
            description = "Tokens across which nothing counts as repeated; repeatable.")
    private List<String> dryBreakers = List.of();

    @Option(names = "--no-repeat-ngram-size", paramLabel = "N", description = "No N tokens come twice; 0 for off.")
    private @Nullable Integer noRepeatNgramSize;

    @Option(
            names = "--sequence-bias",
            paramLabel = "IDS=X",
            description = "Added to the logit of a sequence's last token, such as 12,53=-4; repeatable.")
    private Map<String, Float> sequenceBias = new LinkedHashMap<>();

    @Option(
            names = "--bad-words",
            paramLabel = "IDS",
            description = "A sequence of tokens that may not come; repeatable.")
    private List<String> badWords = List.of();

    @Option(names = "--suppress-tokens", paramLabel = "IDS", description = "Tokens that may not come.")
    private @Nullable String suppressTokens;

    @Option(names = "--stop-token-ids", paramLabel = "IDS", description = "More tokens that end the answer.")
    private @Nullable String stopTokens;

    @Option(names = "--length-decay-start", paramLabel = "N", description = "Tokens after which the end gets likelier.")
    private @Nullable Integer lengthDecayStart;

    @Option(names = "--length-decay-factor", paramLabel = "X", description = "By how much with each token.")
    private @Nullable Double lengthDecayFactor;

    /** The builder that the other options start from. */
    SamplingParams.Builder builder() {
        return preset == null ? SamplingParams.builder() : preset.builder();
    }

    /** Whether a preset says what the temperature is. */
    boolean hasPreset() {
        return preset != null;
    }

    /** Whether an option is given that only sampling heeds. */
    boolean samples() {
        return Stream.of(dynatempRange, topNSigma, topH, epsilonCutoff, etaCutoff, xtcProbability, mirostat)
                .anyMatch(Objects::nonNull);
    }

    /**
     * Sets what was given.
     *
     * @throws InvalidInputException if an option lacks the one it belongs to, or is no list of tokens
     */
    void apply(SamplingParams.Builder builder) {
        cuts(builder);
        penalties(builder);
        tokens(builder);
        if (order != null) {
            builder.order(ChainOrder.parse(order));
        }
    }

    private void cuts(SamplingParams.Builder builder) {
        requireWith("--dynatemp-range", dynatempRange, "--dynatemp-exponent", dynatempExponent);
        requireWith("--xtc-probability", xtcProbability, "--xtc-threshold", xtcThreshold);
        requireWith("--mirostat", mirostat, "--mirostat-tau", mirostatTau);
        requireWith("--mirostat", mirostat, "--mirostat-eta", mirostatEta);
        if (dynatempRange != null) {
            builder.dynamicTemperature(new DynamicTemperature(dynatempRange, or(dynatempExponent, 1)));
        }
        if (topNSigma != null) {
            builder.topNSigma(topNSigma);
        }
        if (topH != null) {
            builder.topH(topH);
        }
        if (epsilonCutoff != null) {
            builder.epsilonCutoff(epsilonCutoff);
        }
        if (etaCutoff != null) {
            builder.etaCutoff(etaCutoff);
        }
        if (xtcProbability != null) {
            builder.xtc(new Xtc(xtcProbability, or(xtcThreshold, 0.1)));
        }
        if (mirostat != null) {
            builder.mirostat(new Mirostat(mirostat, or(mirostatTau, 5), or(mirostatEta, 0.1)));
        }
    }

    private void penalties(SamplingParams.Builder builder) {
        requireWith("--dry-multiplier", dryMultiplier, "--dry-base", dryBase);
        requireWith("--dry-multiplier", dryMultiplier, "--dry-allowed-length", dryAllowedLength);
        requireWith("--dry-multiplier", dryMultiplier, "--dry-penalty-last-n", dryLastN);
        requireWith(
                "--dry-multiplier",
                dryMultiplier,
                "--dry-sequence-breaker",
                dryBreakers.isEmpty() ? null : dryBreakers);
        requireWith("--length-decay-factor", lengthDecayFactor, "--length-decay-start", lengthDecayStart);
        if (repeatLastN != null) {
            builder.repeatLastN(repeatLastN);
        }
        if (countPrompt) {
            builder.countPrompt(true);
        }
        if (dryMultiplier != null) {
            builder.dry(new Dry(
                    dryMultiplier,
                    or(dryBase, 1.75),
                    dryAllowedLength == null ? 2 : dryAllowedLength,
                    dryLastN == null ? -1 : dryLastN,
                    sequences("--dry-sequence-breaker", dryBreakers)));
        }
        if (noRepeatNgramSize != null) {
            builder.noRepeatNgramSize(noRepeatNgramSize);
        }
        if (lengthDecayFactor != null) {
            builder.lengthDecay(new LengthDecay(lengthDecayStart == null ? 0 : lengthDecayStart, lengthDecayFactor));
        }
    }

    private void tokens(SamplingParams.Builder builder) {
        if (!sequenceBias.isEmpty()) {
            Map<List<Integer>, Float> biases = new LinkedHashMap<>();
            sequenceBias.forEach((ids, bias) -> biases.put(ids("--sequence-bias", ids), bias));
            builder.sequenceBias(biases);
        }
        if (!badWords.isEmpty()) {
            builder.badWords(sequences("--bad-words", badWords));
        }
        if (suppressTokens != null) {
            builder.suppressTokens(ids("--suppress-tokens", suppressTokens));
        }
        if (stopTokens != null) {
            builder.stopTokenIds(ids("--stop-token-ids", stopTokens));
        }
    }

    private static double or(@Nullable Double given, double otherwise) {
        return given == null ? otherwise : given;
    }

    private static void requireWith(
            String option, @Nullable Object given, String companion, @Nullable Object companionGiven) {
        if (given == null && companionGiven != null) {
            throw new InvalidInputException(
                    companion + " is " + companionGiven + " but does nothing without " + option + "; add that.");
        }
    }

    private static List<List<Integer>> sequences(String option, List<String> texts) {
        return texts.stream().map(text -> ids(option, text)).toList();
    }

    private static List<Integer> ids(String option, String text) {
        try {
            return Arrays.stream(text.split(",", -1))
                    .map(id -> Integer.valueOf(id.strip()))
                    .toList();
        } catch (NumberFormatException e) {
            throw new InvalidInputException(option + " is '" + text + "'; expected tokens, such as 12,53.", e);
        }
    }
}
