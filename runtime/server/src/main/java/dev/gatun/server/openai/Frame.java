package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.server.json.JsonText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What stands around the choices of an answer; the same identifier and time in all of its pieces. */
final class Frame {
    private final AnswerFormat format;
    private final String modelName;
    private final String id;
    private final long created = Instant.now().getEpochSecond();
    private final boolean usageInPieces;

    /** @param usageInPieces whether a stream ends with its usage, and has a null in its place before */
    Frame(AnswerFormat format, String modelName, boolean usageInPieces) {
        this.format = format;
        this.modelName = modelName;
        this.usageInPieces = usageInPieces;
        this.id = format.idPrefix() + UUID.randomUUID().toString().replace("-", "");
    }

    String piece(Map<String, @Nullable Object> choice) {
        Map<String, @Nullable Object> object = around(true, List.of(choice));
        if (usageInPieces) {
            object.put("usage", null);
        }
        return JsonText.write(object);
    }

    String usage(Usage usage) {
        Map<String, @Nullable Object> object = around(true, List.of());
        object.put("usage", usage.json());
        return JsonText.write(object);
    }

    String whole(List<Map<String, @Nullable Object>> choices, Usage usage, Map<String, @Nullable Object> more) {
        Map<String, @Nullable Object> object = around(false, choices);
        object.put("usage", usage.json());
        object.putAll(more);
        return JsonText.write(object);
    }

    private Map<String, @Nullable Object> around(boolean pieces, List<Map<String, @Nullable Object>> choices) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("id", id);
        object.put("object", format.object(pieces));
        object.put("created", created);
        object.put("model", modelName);
        object.put("choices", choices);
        return object;
    }

    /** Tokens that requests took. */
    record Usage(int promptTokens, int cachedTokens, int completionTokens) {
        static Usage of(List<Generation> generations) {
            int promptTokens = 0;
            int cachedTokens = 0;
            int completionTokens = 0;
            for (Generation generation : generations) {
                GenerationMetrics taken = generation.metrics();
                promptTokens += taken.promptTokens();
                cachedTokens += taken.cachedTokens();
                completionTokens += taken.tokens();
            }
            return new Usage(promptTokens, cachedTokens, completionTokens);
        }

        Map<String, @Nullable Object> json() {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("prompt_tokens", promptTokens);
            object.put("completion_tokens", completionTokens);
            object.put("total_tokens", promptTokens + completionTokens);
            object.put("prompt_tokens_details", Map.of("cached_tokens", cachedTokens));
            return object;
        }
    }
}
