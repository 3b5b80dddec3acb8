package dev.gatun.cli.explain;

import dev.gatun.cli.Json;
import dev.gatun.runtime.engine.Choice;
import dev.gatun.sampler.StageReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A story as one JSON object. */
public final class StoryJson {

    private StoryJson() {}

    /** The object; its metrics are added by the caller, who has a form for them. */
    public static Map<String, Object> of(Story story, Map<String, Object> metrics) {
        Map<String, Object> object = Json.object(
                "prompt", pieces(story.prompt()),
                "steps",
                        story.choices().stream()
                                .map(choice -> choice(story, choice))
                                .toList(),
                "text", story.text(),
                "finish_reason", story.finishReason(),
                "metrics", metrics,
                "backend", story.backend(),
                "model", story.model());
        putAttention(object, story.attention());
        return object;
    }

    static void putAttention(Map<String, Object> object, @Nullable AttentionMap attention) {
        if (attention != null) {
            object.put(
                    "attention",
                    Json.object(
                            "layer", attention.layer(),
                            "head", attention.head(),
                            "weights", attention.weights()));
        }
    }

    static List<Map<String, Object>> pieces(List<Piece> pieces) {
        return pieces.stream()
                .map(piece -> Json.object("token", piece.id(), "piece", piece.text()))
                .toList();
    }

    private static Map<String, Object> choice(Story story, Choice choice) {
        Map<String, Object> object = Json.object(
                "token", choice.token(),
                "piece", story.piece(choice.token()).text(),
                "end", choice.end());
        if (!choice.guesses().isEmpty()) {
            object.put("guesses", choice.guesses());
            object.put("guessed", choice.wasGuessed());
        }
        choice.explanation().draw().ifPresent(draw -> object.put("draw", draw));
        object.put(
                "stages",
                choice.explanation().stages().stream()
                        .map(stage -> stage(story, stage))
                        .toList());
        return object;
    }

    private static Map<String, Object> stage(Story story, StageReport stage) {
        return Json.object(
                "stage", stage.stage(),
                "survivors", stage.survivors(),
                "entropy", stage.entropy(),
                "best",
                        stage.best().stream()
                                .map(best -> Json.object(
                                        "token", best.token(),
                                        "piece", story.piece(best.token()).text(),
                                        "probability", best.probability()))
                                .toList());
    }
}
