package dev.gatun.runtime.engine;

import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What to generate from, and how. Immutable. */
public final class Request {
    /** The most continuations of one prompt. */
    public static final int MOST_CHOICES = 1_024;

    /** What the prompt is made from. */
    sealed interface Prompt {
        record Chat(List<Message> messages) implements Prompt {}

        record Text(String text) implements Prompt {}

        record Tokens(List<Integer> ids) implements Prompt {}
    }

    private final Prompt prompt;
    private final SamplingParams sampling;
    private final int n;
    private final OptionalInt bestOf;
    private final Optional<BeamParams> beams;
    private final OptionalInt promptLogprobs;
    private final @Nullable Prompt negative;
    private final @Nullable ChoiceWatch watch;
    private final @Nullable Consumer<SearchStep> searchWatch;

    private Request(
            Prompt prompt,
            SamplingParams sampling,
            int n,
            OptionalInt bestOf,
            Optional<BeamParams> beams,
            OptionalInt promptLogprobs,
            @Nullable Prompt negative,
            @Nullable ChoiceWatch watch,
            @Nullable Consumer<SearchStep> searchWatch) {
        this.prompt = prompt;
        this.sampling = sampling;
        this.n = n;
        this.bestOf = bestOf;
        this.beams = beams;
        this.promptLogprobs = promptLogprobs;
        this.negative = negative;
        this.watch = watch;
        this.searchWatch = searchWatch;
    }

    private static Request of(Prompt prompt) {
        return new Request(
                prompt,
                SamplingParams.GREEDY,
                1,
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                null,
                null,
                null);
    }

    /** A question, put into the model's chat template. Greedy unless {@link #with} says otherwise. */
    public static Request chat(String question) {
        return chat(List.of(Message.user(question)));
    }

    /** A conversation, put into the model's chat template. */
    public static Request chat(List<Message> messages) {
        return of(new Prompt.Chat(List.copyOf(messages)));
    }

    /** A text to continue, without a template. */
    public static Request text(String text) {
        return of(new Prompt.Text(text));
    }

    /** Tokens to continue, as they are. */
    public static Request tokens(List<Integer> ids) {
        return of(new Prompt.Tokens(List.copyOf(ids)));
    }

    /** The same prompt, sampled in another way. */
    public Request with(SamplingParams sampling) {
        return new Request(prompt, sampling, n, bestOf, beams, promptLogprobs, negative, watch, searchWatch);
    }

    /** Asks for {@code n} answers, sampled independently after one prefill. */
    public Request withN(int n) {
        return new Request(prompt, sampling, n, bestOf, beams, promptLogprobs, negative, watch, searchWatch);
    }

    /**
     * Samples {@code bestOf} answers and returns the {@code n} that the model finds likeliest as a whole: those of the
     * highest sum of log-probabilities, the highest first.
     */
    public Request withBestOf(int bestOf) {
        return new Request(
                prompt, sampling, n, OptionalInt.of(bestOf), beams, promptLogprobs, negative, watch, searchWatch);
    }

    /**
     * Searches for the likeliest answers instead of sampling. A search of one beam is greedy, whatever its other parameters,
     * as with Hugging Face transformers.
     */
    public Request withBeams(BeamParams beams) {
        return new Request(
                prompt, sampling, n, bestOf, Optional.of(beams), promptLogprobs, negative, watch, searchWatch);
    }

    /**
     * Asks for the log-probabilities of the prompt's tokens, of the model's own law; all of the prompt is then computed.
     *
     * @param most how many of the best tokens to report at each place, 0 to 20
     */
    public Request withPromptLogprobs(int most) {
        return new Request(prompt, sampling, n, bestOf, beams, OptionalInt.of(most), negative, watch, searchWatch);
    }

    /**
     * Guides the answer away from what another prompt would bring forth, as far as {@code guidance_scale} says (Sanchez et al.
     * 2023). Without one the prompt's last token alone stands in for it, as with Hugging Face transformers. A guided answer
     * takes two sequences of the engine.
     *
     * @param negative whose prompt to take; the rest of it does not count
     */
    public Request withNegativePrompt(Request negative) {
        return new Request(prompt, sampling, n, bestOf, beams, promptLogprobs, negative.prompt, watch, searchWatch);
    }

    /**
     * The same request, each choice of a token explained; slower. It has one answer, which is not searched for.
     *
     * @param candidates how many of the best tokens to report after each stage, at least 1
     * @param watcher called on the engine's thread, after each choice
     */
    public Request watched(int candidates, Consumer<Choice> watcher) {
        if (candidates < 1) {
            throw new IllegalArgumentException("candidates=" + candidates + " is below 1");
        }
        return new Request(
                prompt,
                sampling,
                n,
                bestOf,
                beams,
                promptLogprobs,
                negative,
                new ChoiceWatch(candidates, watcher),
                searchWatch);
    }

    /**
     * The same request, each step of its beam search explained; slower.
     *
     * @param watcher called on the engine's thread, after each step of each group
     */
    public Request watchedSearch(Consumer<SearchStep> watcher) {
        return new Request(prompt, sampling, n, bestOf, beams, promptLogprobs, negative, watch, watcher);
    }

    /**
     * This request, if its parts agree with each other.
     *
     * @throws dev.gatun.runtime.InvalidInputException if they do not
     * @throws dev.gatun.sampler.InvalidSamplingException if an option is out of range, or a search can not heed it
     */
    public Request checked() {
        RequestRules.check(this);
        return this;
    }

    /** The most answers that it gives. */
    public int answers() {
        return beams.map(BeamParams::numReturnSequences).orElse(n);
    }

    /** The most sequences that it runs at the same time. */
    public int width() {
        return sampling.guidanceScale() == 1 ? candidates() : Math.multiplyExact(2, candidates());
    }

    /** The most answers in the making at the same time. */
    int candidates() {
        return beams.map(BeamParams::numBeams).orElseGet(() -> bestOf.orElse(n));
    }

    @Nullable
    ChoiceWatch watch() {
        return watch;
    }

    @Nullable
    Consumer<SearchStep> searchWatch() {
        return searchWatch;
    }

    Prompt prompt() {
        return prompt;
    }

    SamplingParams sampling() {
        return sampling;
    }

    int n() {
        return n;
    }

    OptionalInt bestOf() {
        return bestOf;
    }

    Optional<BeamParams> beams() {
        return beams;
    }

    /** What guidance leads away from, if it is not the prompt's last token. */
    @Nullable
    Prompt negative() {
        return negative;
    }

    OptionalInt promptLogprobs() {
        return promptLogprobs;
    }
}
