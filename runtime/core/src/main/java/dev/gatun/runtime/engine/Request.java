package dev.gatun.runtime.engine;

import dev.gatun.sampler.SamplingParams;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What to generate from, and how. Immutable. */
public final class Request {

    /** What the prompt is made from. */
    sealed interface Prompt {
        record Chat(List<Message> messages) implements Prompt {}

        record Text(String text) implements Prompt {}

        record Tokens(List<Integer> ids) implements Prompt {}
    }

    private final Prompt prompt;
    private final SamplingParams sampling;
    private final @Nullable ChoiceWatch watch;

    private Request(Prompt prompt, SamplingParams sampling, @Nullable ChoiceWatch watch) {
        this.prompt = prompt;
        this.sampling = sampling;
        this.watch = watch;
    }

    /** A question, put into the model's chat template. Greedy unless {@link #with} says otherwise. */
    public static Request chat(String question) {
        return chat(List.of(Message.user(question)));
    }

    /** A conversation, put into the model's chat template. */
    public static Request chat(List<Message> messages) {
        return new Request(new Prompt.Chat(List.copyOf(messages)), SamplingParams.GREEDY, null);
    }

    /** A text to continue, without a template. */
    public static Request text(String text) {
        return new Request(new Prompt.Text(text), SamplingParams.GREEDY, null);
    }

    /** Tokens to continue, as they are. */
    public static Request tokens(List<Integer> ids) {
        return new Request(new Prompt.Tokens(List.copyOf(ids)), SamplingParams.GREEDY, null);
    }

    /** The same prompt, sampled in another way. */
    public Request with(SamplingParams sampling) {
        return new Request(prompt, sampling, watch);
    }

    /**
     * The same request, each choice of a token explained; slower.
     *
     * @param candidates how many of the best tokens to report after each stage, at least 1
     * @param watcher called on the engine's thread, after each choice
     */
    public Request watched(int candidates, Consumer<Choice> watcher) {
        if (candidates < 1) {
            throw new IllegalArgumentException("candidates=" + candidates + " is below 1");
        }
        return new Request(prompt, sampling, new ChoiceWatch(candidates, watcher));
    }

    @Nullable
    ChoiceWatch watch() {
        return watch;
    }

    Prompt prompt() {
        return prompt;
    }

    SamplingParams sampling() {
        return sampling;
    }
}
