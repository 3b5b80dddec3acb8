package dev.gatun.cli.command;

import dev.gatun.cli.Json;
import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.TokenLogprobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The JSON object of {@code gatun run --json}. */
final class RunResult {
    /** What stands for minus infinity, which JSON lacks, as with vLLM. */
    private static final double FORBIDDEN = -9_999;

    private RunResult() {}

    /**
     * The result of an ended generation.
     *
     * @param listsAnswers whether it has a list of all answers, besides the first one's fields
     */
    static Map<String, Object> of(Engine engine, Generation generation, boolean listsAnswers) {
        List<Answer> answers = generation.answers();
        Answer first = answers.getFirst();
        Map<String, Object> result = Json.object(
                "text", first.text(),
                "tokens", first.tokens(),
                "prompt_tokens", generation.prompt(),
                "finish_reason", first.finishReason().name().toLowerCase(Locale.ROOT),
                "metrics", Metrics.json(generation.metrics()),
                "backend", engine.stats().backend(),
                "model", engine.info().name());
        if (listsAnswers) {
            List<Map<String, Object>> choices = new ArrayList<>();
            for (Answer answer : answers) {
                choices.add(choice(engine, answer, choices.size()));
            }
            result.put("choices", choices);
        }
        if (!first.logprobs().isEmpty()) {
            result.put("logprobs", logprobs(engine, first.logprobs()));
        }
        if (!generation.promptLogprobs().isEmpty()) {
            List<Object> prompt = new ArrayList<>();
            prompt.add(null); // nothing predicts the first token
            prompt.addAll(logprobs(engine, generation.promptLogprobs()));
            result.put("prompt_logprobs", prompt);
        }
        return result;
    }

    private static Map<String, Object> choice(Engine engine, Answer answer, int index) {
        Map<String, Object> choice = Json.object(
                "index", index,
                "text", answer.text(),
                "tokens", answer.tokens(),
                "finish_reason", answer.finishReason().name().toLowerCase(Locale.ROOT));
        answer.score().ifPresent(score -> choice.put("score", score));
        if (!answer.logprobs().isEmpty()) {
            choice.put("logprobs", logprobs(engine, answer.logprobs()));
        }
        return choice;
    }

    private static List<Map<String, Object>> logprobs(Engine engine, List<TokenLogprobs> tokens) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (TokenLogprobs each : tokens) {
            Map<String, Object> entry = entry(engine, each.token(), each.logprob());
            entry.put(
                    "top_logprobs",
                    each.top().stream()
                            .map(top -> entry(engine, top.token(), top.logprob()))
                            .toList());
            all.add(entry);
        }
        return all;
    }

    /** The text of a token may be half a character, so its bytes are there as well. */
    private static Map<String, Object> entry(Engine engine, int token, double logprob) {
        byte[] bytes = engine.bytes(token);
        List<Integer> numbers = new ArrayList<>(bytes.length);
        for (byte each : bytes) {
            numbers.add(Byte.toUnsignedInt(each));
        }
        return Json.object(
                "id",
                token,
                "token",
                new String(bytes, StandardCharsets.UTF_8),
                "logprob",
                Math.max(FORBIDDEN, logprob),
                "bytes",
                numbers);
    }
}
