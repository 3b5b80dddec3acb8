package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.TokenLogprobs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers as plain texts. */
final class TextFormat implements AnswerFormat {
    private final LogprobsText logprobs;
    private final boolean wantsLogprobs;
    private final @Nullable Engine echoing;

    /** @param echoing whose prompts stand before the answers; null for the answers alone */
    TextFormat(LogprobsText logprobs, boolean wantsLogprobs, @Nullable Engine echoing) {
        this.logprobs = logprobs;
        this.echoing = echoing;
        this.wantsLogprobs = wantsLogprobs;
    }

    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public String object(boolean pieces) {
        return "text_completion";
    }

    @Override
    public Map<String, @Nullable Object> choice(int index, Generation generation, Answer answer) {
        String reason = AnswerFormat.reason(answer.finishReason());
        if (echoing == null) {
            return choice(
                    index, answer.text(), wantsLogprobs ? logprobs.ofText(answer.logprobs(), 0, -1) : null, reason);
        }
        int[] prompt = generation.prompt();
        List<TokenLogprobs> all = new ArrayList<>(generation.promptLogprobs());
        all.addAll(answer.logprobs());
        return choice(
                index,
                echoing.decode(prompt) + answer.text(),
                wantsLogprobs ? logprobs.ofText(all, 0, prompt[0]) : null,
                reason);
    }

    @Override
    public Optional<Map<String, @Nullable Object>> opening(int index) {
        return Optional.empty();
    }

    @Override
    public Map<String, @Nullable Object> piece(int index, String text, List<TokenLogprobs> tokens) {
        return choice(index, text, wantsLogprobs ? logprobs.ofText(tokens, 0, -1) : null, null);
    }

    @Override
    public Map<String, @Nullable Object> closing(int index, FinishReason reason) {
        return choice(index, "", null, AnswerFormat.reason(reason));
    }

    static Map<String, @Nullable Object> choice(
            int index, String text, @Nullable Object logprobs, @Nullable String reason) {
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", index);
        choice.put("text", text);
        choice.put("logprobs", logprobs);
        choice.put("finish_reason", reason);
        return choice;
    }
}
