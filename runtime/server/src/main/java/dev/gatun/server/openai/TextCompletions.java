package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.server.ApiException;
import dev.gatun.server.Endpoint;
import dev.gatun.server.Exchange;
import dev.gatun.server.Limits;
import dev.gatun.server.json.Fields;
import dev.gatun.server.json.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/completions}. */
final class TextCompletions implements Endpoint {
    private static final int USUAL_MAX_TOKENS = 16; // OpenAI's

    private final Engine engine;
    private final JsonText json;
    private final Limits limits;
    private final ModelName model;
    private final Admission admission;
    private final Answering answering;
    private final LogprobsText logprobs;

    TextCompletions(
            Engine engine,
            JsonText json,
            Limits limits,
            ModelName model,
            Admission admission,
            Answering answering,
            LogprobsText logprobs) {
        this.engine = engine;
        this.json = json;
        this.limits = limits;
        this.model = model;
        this.admission = admission;
        this.answering = answering;
        this.logprobs = logprobs;
    }

    @Override
    public void handle(Exchange exchange) {
        Fields fields = json.object(exchange.body());
        answering.answer(exchange, Admission.translating(() -> call(fields)));
    }

    private Call call(Fields fields) {
        List<String> unknown = KnownFields.check(fields, KnownFields.Where.TEXT);
        model.check(fields);
        SamplingFields sampling = new SamplingFields(fields, limits);
        OptionalInt top = sampling.logprobs("logprobs");
        int maxTokens = fields.integer("max_tokens").orElse(USUAL_MAX_TOKENS);
        SamplingParams params = sampling.params(OptionalInt.of(maxTokens), top);
        boolean echo = fields.bool("echo").orElse(false);
        boolean stream = fields.bool("stream").orElse(false);
        if (echo && stream) {
            throw ApiException.invalid("echo", "echo can not be honoured with stream; leave one of them out.");
        }
        List<Request> requests = new ArrayList<>();
        for (Request prompt : prompts(fields)) {
            List<Integer> tokens = admission.tokens(prompt, maxTokens);
            Request request = sampling.answers(Request.tokens(tokens).with(params));
            requests.add(echo && top.isPresent() ? request.withPromptLogprobs(top.getAsInt()) : request);
        }
        TextFormat format = new TextFormat(logprobs, top.isPresent(), echo ? engine : null);
        return new Call(
                requests,
                format,
                stream,
                StreamOptions.usage(fields, stream),
                sampling.ranksAnswers(),
                fields.has("prompt_logprobs"),
                unknown);
    }

    /** The prompts, as texts or tokens. */
    private List<Request> prompts(Fields fields) {
        Object prompt = fields.value("prompt");
        List<Request> prompts = new ArrayList<>();
        switch (prompt) {
            case String text -> prompts.add(Request.text(text));
            case List<?> list
            when !list.isEmpty() && list.getFirst() instanceof Number ->
                prompts.add(Request.tokens(fields.integers("prompt")));
            case List<?> list
            when !list.isEmpty() && list.size() <= limits.queued() -> {
                for (Object element : list) {
                    prompts.add(one(element));
                }
            }
            case List<?> list ->
                throw ApiException.invalid(
                        "prompt", "prompt has " + list.size() + " entries; give 1 to " + limits.queued() + ".");
            case null -> throw ApiException.invalid("prompt", "prompt is missing.");
            default -> throw ApiException.invalid("prompt", "prompt is no text, tokens, or list of either.");
        }
        return prompts;
    }

    private static Request one(@Nullable Object element) {
        if (element instanceof String text) {
            return Request.text(text);
        }
        if (element instanceof List<?> ids && ids.stream().allMatch(Long.class::isInstance)) {
            return Request.tokens(
                    ids.stream().map(id -> Math.toIntExact((Long) id)).toList());
        }
        throw ApiException.invalid("prompt", "prompt holds what is no text and no list of tokens.");
    }
}
