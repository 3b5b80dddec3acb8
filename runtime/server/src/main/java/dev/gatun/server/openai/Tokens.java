package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.Request;
import dev.gatun.server.ApiException;
import dev.gatun.server.Exchange;
import dev.gatun.server.Limits;
import dev.gatun.server.Reply;
import dev.gatun.server.json.Fields;
import dev.gatun.server.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code POST /tokenize}, {@code /detokenize} and {@code /apply-template}: what a model is given, and what tokens say. */
final class Tokens {
    private final Engine engine;
    private final JsonText json;
    private final Limits limits;

    Tokens(Engine engine, JsonText json, Limits limits) {
        this.engine = engine;
        this.json = json;
        this.limits = limits;
    }

    /** The tokens of {@code content} or {@code prompt} as plain text, or of {@code messages} in the model's template. */
    void tokenize(Exchange exchange) {
        Fields fields = json.object(exchange.body());
        int[] tokens = Admission.translating(() -> fields.has("messages")
                ? engine.promptTokens(Request.chat(ChatCompletions.messages(fields, limits)))
                : engine.encode(fields.string("content").orElseGet(() -> fields.requiredString("prompt"))));
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("count", tokens.length);
        object.put("max_model_len", engine.stats().context());
        object.put("tokens", Arrays.stream(tokens).boxed().toList());
        exchange.reply(Reply.json(JsonText.write(object)));
    }

    /** The text of {@code tokens}. */
    void detokenize(Exchange exchange) {
        Fields fields = json.object(exchange.body());
        List<Integer> tokens = fields.integers("tokens");
        int vocabulary = engine.info().vocabulary();
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw ApiException.invalid(
                        "tokens", "tokens holds " + token + "; the vocabulary has 0 to " + (vocabulary - 1) + ".");
            }
        }
        String text = engine.decode(tokens.stream().mapToInt(Integer::intValue).toArray());
        exchange.reply(Reply.json(JsonText.write(Map.of("prompt", text, "content", text))));
    }

    /** The text that the model's template makes of {@code messages}, control tokens spelled out. */
    void applyTemplate(Exchange exchange) {
        Fields fields = json.object(exchange.body());
        int[] tokens = Admission.translating(
                () -> engine.promptTokens(Request.chat(ChatCompletions.messages(fields, limits))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int token : tokens) {
            bytes.writeBytes(engine.bytes(token));
        }
        exchange.reply(Reply.json(JsonText.write(Map.of("prompt", bytes.toString(StandardCharsets.UTF_8)))));
    }
}
