package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.TokenLogprobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Log-probabilities in OpenAI's two forms. Minus infinity, which JSON has not, is written as -9999, as OpenAI does. */
final class LogprobsText {
    private static final double IMPOSSIBLE = -9_999;

    private final Engine engine;

    LogprobsText(Engine engine) {
        this.engine = engine;
    }

    /** For conversations: one object a token, with its bytes. */
    Map<String, @Nullable Object> ofChat(List<TokenLogprobs> tokens) {
        List<Map<String, @Nullable Object>> content = new ArrayList<>();
        for (TokenLogprobs token : tokens) {
            Map<String, @Nullable Object> object = entry(token.token(), token.logprob());
            List<Map<String, @Nullable Object>> top = new ArrayList<>();
            token.top().forEach(best -> top.add(entry(best.token(), best.logprob())));
            object.put("top_logprobs", top);
            content.add(object);
        }
        Map<String, @Nullable Object> logprobs = new LinkedHashMap<>();
        logprobs.put("content", content);
        return logprobs;
    }

    private Map<String, @Nullable Object> entry(int token, double logprob) {
        byte[] bytes = engine.bytes(token);
        List<Integer> numbers = new ArrayList<>();
        for (byte b : bytes) {
            numbers.add(b & 0xff);
        }
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("token", new String(bytes, StandardCharsets.UTF_8));
        object.put("logprob", finite(logprob));
        object.put("bytes", numbers);
        return object;
    }

    /**
     * For plain texts: four lists of the same length.
     *
     * @param offset characters of text before the first token
     * @param first a token before the others that has no probability, the first of a prompt; negative for none
     */
    Map<String, @Nullable Object> ofText(List<TokenLogprobs> tokens, int offset, int first) {
        List<String> texts = new ArrayList<>();
        List<@Nullable Double> logprobs = new ArrayList<>();
        List<@Nullable Map<String, Double>> tops = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int place = offset;
        if (first >= 0) {
            texts.add(text(first));
            logprobs.add(null);
            tops.add(null);
            offsets.add(place);
            place += text(first).length();
        }
        for (TokenLogprobs token : tokens) {
            String text = text(token.token());
            texts.add(text);
            logprobs.add(finite(token.logprob()));
            Map<String, Double> top = new LinkedHashMap<>();
            token.top().forEach(best -> top.putIfAbsent(text(best.token()), finite(best.logprob())));
            tops.add(top);
            offsets.add(place);
            place += text.length();
        }
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("tokens", texts);
        object.put("token_logprobs", logprobs);
        object.put("top_logprobs", tops);
        object.put("text_offset", offsets);
        return object;
    }

    /** vLLM's form for prompts: for each token after the first an object from token ids to what is known of them. */
    List<@Nullable Object> ofPrompt(List<TokenLogprobs> tokens) {
        List<@Nullable Object> places = new ArrayList<>();
        places.add(null);
        for (TokenLogprobs token : tokens) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put(Integer.toString(token.token()), decoded(token.token(), token.logprob()));
            token.top()
                    .forEach(best ->
                            object.putIfAbsent(Integer.toString(best.token()), decoded(best.token(), best.logprob())));
            places.add(object);
        }
        return places;
    }

    private Map<String, @Nullable Object> decoded(int token, double logprob) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("logprob", finite(logprob));
        object.put("decoded_token", text(token));
        return object;
    }

    private String text(int token) {
        return new String(engine.bytes(token), StandardCharsets.UTF_8);
    }

    private static double finite(double logprob) {
        return Double.isFinite(logprob) ? logprob : IMPOSSIBLE;
    }
}
