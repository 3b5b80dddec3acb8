package dev.gatun.cli.command;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;
import dev.gatun.sampler.beam.EarlyStopping;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that ask for several answers, for a beam search, or for log-probabilities. */
final class AnswerSettings {

    @Option(
            names = {"-n", "--n"},
            paramLabel = "N",
            description = "Number of answers, sampled after one prefill.")
    private @Nullable Integer n;

    @Option(names = "--best-of", paramLabel = "N", description = "Sample so many, give the likeliest of them.")
    private @Nullable Integer bestOf;

    @Option(names = "--num-beams", paramLabel = "N", description = "Search with so many beams; 1 is greedy.")
    private @Nullable Integer numBeams;

    @Option(names = "--length-penalty", paramLabel = "X", description = "Of a beam search; above 0 favours length.")
    private @Nullable Double lengthPenalty;

    @Option(names = "--early-stopping", paramLabel = "WHEN", description = "Of a beam search: true, false or never.")
    private @Nullable String earlyStopping;

    @Option(names = "--num-beam-groups", paramLabel = "N", description = "Groups of beams that differ.")
    private @Nullable Integer numBeamGroups;

    @Option(names = "--diversity-penalty", paramLabel = "X", description = "What makes groups of beams differ.")
    private @Nullable Double diversityPenalty;

    @Option(names = "--num-return-sequences", paramLabel = "N", description = "Answers of a beam search.")
    private @Nullable Integer numReturnSequences;

    @Option(
            names = "--logprobs",
            paramLabel = "N",
            description = "With --json: log-probabilities of each token and of the N best.")
    private @Nullable Integer logprobs;

    @Option(names = "--prompt-logprobs", paramLabel = "N", description = "The same for the prompt's tokens.")
    private @Nullable Integer promptLogprobs;

    /** Whether the best answers are searched for. */
    boolean searches() {
        return numBeams != null && numBeams != 1;
    }

    /** Whether several answers are sampled, which is of no use without a temperature. */
    boolean samplesSeveral() {
        return (n != null && n > 1) || (bestOf != null && bestOf > 1);
    }

    /** Whether the result has a list of answers. */
    boolean listsAnswers() {
        return n != null || bestOf != null || numBeams != null;
    }

    /** Puts what belongs to sampling into {@code builder}. */
    void apply(SamplingParams.Builder builder) {
        if (logprobs != null) {
            builder.logprobs(logprobs);
        }
    }

    /**
     * The request as these options want it.
     *
     * @throws InvalidInputException if they contradict each other
     */
    Request apply(Request request) {
        Request result = request;
        if (n != null) {
            result = result.withN(n);
        }
        if (bestOf != null) {
            result = result.withBestOf(bestOf);
        }
        if (promptLogprobs != null) {
            result = result.withPromptLogprobs(promptLogprobs);
        }
        if (numBeams != null) {
            result = result.withBeams(beams(numBeams));
        }
        if (!searches()) {
            String remedy = "it belongs to beam search; add --num-beams with 2 or more, or leave it out";
            refuse("--length-penalty", lengthPenalty, remedy);
            refuse("--early-stopping", earlyStopping, remedy);
            refuse("--num-beam-groups", numBeamGroups, remedy);
            refuse("--diversity-penalty", diversityPenalty, remedy);
            refuse("--num-return-sequences", numReturnSequences, remedy);
        }
        return result.checked();
    }

    /** Refuses what this text output can not show. */
    void requireShownAsText() {
        String remedy = "log-probabilities are part of the JSON result; add --json, or leave it out";
        refuse("--logprobs", logprobs, remedy);
        refuse("--prompt-logprobs", promptLogprobs, remedy);
    }

    /** Refuses what the story of a search does not show. */
    void requireSearchOnly() {
        String remedy = "the story of a search has its own numbers; leave it out, or use gatun run";
        refuse("--logprobs", logprobs, remedy);
        refuse("--prompt-logprobs", promptLogprobs, remedy);
    }

    /** The search that is asked for. */
    BeamParams beams() {
        return beams(numBeams == null ? 1 : numBeams);
    }

    /** Refuses all of these options, for commands that give one plain answer. */
    void requireNone() {
        String remedy = "this command gives one answer, token by token; leave it out, or use gatun run";
        refuse("--n", n, remedy);
        refuse("--best-of", bestOf, remedy);
        refuse("--num-beams", numBeams, remedy);
        refuse("--length-penalty", lengthPenalty, remedy);
        refuse("--early-stopping", earlyStopping, remedy);
        refuse("--num-beam-groups", numBeamGroups, remedy);
        refuse("--diversity-penalty", diversityPenalty, remedy);
        refuse("--num-return-sequences", numReturnSequences, remedy);
        refuse("--logprobs", logprobs, remedy);
        refuse("--prompt-logprobs", promptLogprobs, remedy);
    }

    private BeamParams beams(int count) {
        BeamParams params = BeamParams.of(count);
        return new BeamParams(
                count,
                lengthPenalty != null ? lengthPenalty : params.lengthPenalty(),
                earlyStopping != null ? earlyStopping(earlyStopping) : params.earlyStopping(),
                numBeamGroups != null ? numBeamGroups : params.numBeamGroups(),
                diversityPenalty != null ? diversityPenalty : params.diversityPenalty(),
                numReturnSequences != null ? numReturnSequences : params.numReturnSequences());
    }

    private static EarlyStopping earlyStopping(String text) {
        return Arrays.stream(EarlyStopping.values())
                .filter(each -> each.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidInputException("--early-stopping is " + text + "; expected true, false or never."));
    }

    private static void refuse(String option, @Nullable Object value, String remedy) {
        if (value != null) {
            throw new InvalidInputException(option + " is " + value + ": " + remedy + ".");
        }
    }
}
