package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.TokenLogprobs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers as turns of a conversation. */
final class ChatFormat implements AnswerFormat {
    private final LogprobsText logprobs;
    private final boolean wantsLogprobs;

    ChatFormat(LogprobsText logprobs, boolean wantsLogprobs) {
        this.logprobs = logprobs;
        this.wantsLogprobs = wantsLogprobs;
    }

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public String object(boolean pieces) {
        return pieces ? "chat.completion.chunk" : "chat.completion";
    }

    @Override
    public Map<String, @Nullable Object> choice(int index, Generation generation, Answer answer) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", answer.text());
        message.put("refusal", null);
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", index);
        choice.put("message", message);
        choice.put("logprobs", wantsLogprobs ? logprobs.ofChat(answer.logprobs()) : null);
        choice.put("finish_reason", AnswerFormat.reason(answer.finishReason()));
        return choice;
    }

    @Override
    public Optional<Map<String, @Nullable Object>> opening(int index) {
        Map<String, @Nullable Object> delta = new LinkedHashMap<>();
        delta.put("role", "assistant");
        delta.put("content", "");
        return Optional.of(delta(index, delta, null, null));
    }

    @Override
    public Map<String, @Nullable Object> piece(int index, String text, List<TokenLogprobs> tokens) {
        Map<String, @Nullable Object> delta = new LinkedHashMap<>();
        delta.put("content", text);
        return delta(index, delta, wantsLogprobs ? logprobs.ofChat(tokens) : null, null);
    }

    @Override
    public Map<String, @Nullable Object> closing(int index, FinishReason reason) {
        return delta(index, Map.of(), null, AnswerFormat.reason(reason));
    }

    private static Map<String, @Nullable Object> delta(
            int index, Map<String, @Nullable Object> delta, @Nullable Object logprobs, @Nullable String reason) {
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", index);
        choice.put("delta", delta);
        choice.put("logprobs", logprobs);
        choice.put("finish_reason", reason);
        return choice;
    }
}
