package dev.gatun.runtime.engine;

import dev.gatun.sampler.SamplingParams;
import java.util.List;

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

    private Request(Prompt prompt, SamplingParams sampling) {
        this.prompt = prompt;
        this.sampling = sampling;
    }

    /** A question, put into the model's chat template. Greedy unless {@link #with} says otherwise. */
    public static Request chat(String question) {
        return chat(List.of(Message.user(question)));
    }

    /** A conversation, put into the model's chat template. */
    public static Request chat(List<Message> messages) {
        return new Request(new Prompt.Chat(List.copyOf(messages)), SamplingParams.GREEDY);
    }

    /** A text to continue, without a template. */
    public static Request text(String text) {
        return new Request(new Prompt.Text(text), SamplingParams.GREEDY);
    }

    /** Tokens to continue, as they are. */
    public static Request tokens(List<Integer> ids) {
        return new Request(new Prompt.Tokens(List.copyOf(ids)), SamplingParams.GREEDY);
    }

    /** The same prompt, sampled in another way. */
    public Request with(SamplingParams sampling) {
        return new Request(prompt, sampling);
    }

    Prompt prompt() {
        return prompt;
    }

    SamplingParams sampling() {
        return sampling;
    }
}
