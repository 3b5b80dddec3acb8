package dev.gatun.cli.explain;

import dev.gatun.cli.Json;
import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.SearchStep;
import dev.gatun.sampler.beam.BeamParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A search as one JSON object. */
public final class SearchJson {

    private SearchJson() {}

    /** The object; its metrics are added by the caller, who has a form for them. */
    public static Map<String, Object> of(SearchStory story, Map<String, Object> metrics) {
        SearchTree tree = new SearchTree(story);
        List<Map<String, Object>> steps = new ArrayList<>();
        for (int i = 0; i < story.steps().size(); i++) {
            SearchStep step = story.steps().get(i);
            steps.add(Json.object(
                    "step", step.step() + 1,
                    "group", step.group(),
                    "continuations",
                            tree.step(i).stream().map(node -> node(story, node)).toList()));
        }
        BeamParams params = story.params();
        Map<String, Object> object = Json.object(
                "prompt", StoryJson.pieces(story.prompt()),
                "search",
                        Json.object(
                                "num_beams", params.numBeams(),
                                "length_penalty", params.lengthPenalty(),
                                "early_stopping", params.earlyStopping().toString(),
                                "num_beam_groups", params.numBeamGroups(),
                                "diversity_penalty", params.diversityPenalty(),
                                "steps", steps),
                "answers", story.answers().stream().map(SearchJson::answer).toList(),
                "metrics", metrics,
                "backend", story.backend(),
                "model", story.model());
        StoryJson.putAttention(object, story.attention());
        return object;
    }

    private static Map<String, Object> node(SearchStory story, SearchNode node) {
        return Json.object(
                "beam", node.offer().beam(),
                "token", node.offer().token(),
                "piece", story.piece(node.offer().token()).text(),
                "logprob", node.offer().logprob(),
                "sum", node.offer().sum(),
                "score", node.score(story.params().lengthPenalty()),
                "fate", node.fate());
    }

    private static Map<String, Object> answer(Answer answer) {
        Map<String, Object> object = Json.object(
                "text", answer.text(),
                "tokens", answer.tokens(),
                "finish_reason", answer.finishReason().name().toLowerCase(Locale.ROOT));
        answer.score().ifPresent(score -> object.put("score", score));
        return object;
    }
}
