package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Message;
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

/** {@code POST /v1/chat/completions}. */
final class ChatCompletions implements Endpoint {
    private final JsonText json;
    private final Limits limits;
    private final ModelName model;
    private final Admission admission;
    private final Answering answering;
    private final LogprobsText logprobs;

    ChatCompletions(
            JsonText json,
            Limits limits,
            ModelName model,
            Admission admission,
            Answering answering,
            LogprobsText logprobs) {
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
        List<String> unknown = KnownFields.check(fields, KnownFields.Where.CHAT);
        model.check(fields);
        SamplingFields sampling = new SamplingFields(fields, limits);
        boolean wantsLogprobs = fields.bool("logprobs").orElse(false);
        OptionalInt top = sampling.logprobs("top_logprobs");
        if (top.isPresent() && !wantsLogprobs) {
            throw ApiException.invalid("top_logprobs", "top_logprobs is given without logprobs; set logprobs to true.");
        }
        OptionalInt maxTokens = fields.has("max_completion_tokens")
                ? fields.integer("max_completion_tokens")
                : fields.integer("max_tokens");
        SamplingParams params =
                sampling.params(maxTokens, wantsLogprobs ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty());
        List<Integer> prompt = admission.tokens(Request.chat(messages(fields, limits)), maxTokens.orElse(0));
        Request request = sampling.answers(Request.tokens(prompt).with(params));
        boolean stream = fields.bool("stream").orElse(false);
        return new Call(
                List.of(request),
                new ChatFormat(logprobs, wantsLogprobs),
                stream,
                StreamOptions.usage(fields, stream),
                sampling.ranksAnswers(),
                fields.has("prompt_logprobs"),
                unknown);
    }

    static List<Message> messages(Fields fields, Limits limits) {
        List<Fields> objects = fields.objects("messages");
        if (objects.isEmpty() || objects.size() > limits.messages()) {
            throw ApiException.invalid(
                    "messages", "messages has " + objects.size() + " entries; give 1 to " + limits.messages() + ".");
        }
        List<Message> messages = new ArrayList<>(objects.size());
        for (Fields object : objects) {
            for (String name : List.of("tool_calls", "tool_call_id", "function_call", "audio")) {
                if (object.has(name)) {
                    throw ApiException.invalid(
                            object.path(name), object.path(name) + " can not be honoured here; write it into content.");
                }
            }
            messages.add(new Message(object.requiredString("role"), content(object)));
        }
        return messages;
    }

    private static String content(Fields message) {
        if (message.value("content") instanceof String text) {
            return text;
        }
        StringBuilder text = new StringBuilder();
        List<Fields> parts = message.objects("content");
        if (parts.isEmpty()) {
            throw ApiException.invalid(message.path("content"), message.path("content") + " is missing.");
        }
        for (Fields part : parts) {
            String type = part.requiredString("type");
            if (!type.equals("text")) {
                throw ApiException.invalid(
                        part.path("type"),
                        part.path("type") + " is " + type + "; the model reads parts of type text only.");
            }
            text.append(part.requiredString("text"));
        }
        return text.toString();
    }
}
