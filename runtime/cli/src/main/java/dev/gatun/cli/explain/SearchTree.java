package dev.gatun.cli.explain;

import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.SearchStep;
import dev.gatun.sampler.beam.Fate;
import dev.gatun.sampler.beam.RankedOffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The continuations of a search as trees, one a group: each hangs on the one that it continues. */
final class SearchTree {
    /** A score is the sum of floats: what is as near to another is the same. */
    private static final double SAME_SCORE = 1e-6;

    private final List<List<SearchNode>> steps = new ArrayList<>(); // [step of a group]
    private final List<SearchNode> roots = new ArrayList<>();

    SearchTree(SearchStory story) {
        Map<Integer, List<SearchNode>> running = new HashMap<>(); // [group]
        for (SearchStep step : story.steps()) {
            List<SearchNode> before = running.getOrDefault(step.group(), List.of());
            List<SearchNode> after = new ArrayList<>();
            List<SearchNode> all = new ArrayList<>();
            for (RankedOffer offer : step.offers()) {
                SearchNode parent = step.step() == 0 ? null : before.get(offer.beam());
                SearchNode node = new SearchNode(step.step(), parent, offer);
                all.add(node);
                if (offer.fate() == Fate.GOES_ON) {
                    after.add(node);
                }
                if (parent == null && offer.fate() != Fate.DROPPED) {
                    roots.add(node);
                }
            }
            running.put(step.group(), after);
            steps.add(all);
        }
        running.values().forEach(nodes -> nodes.forEach(SearchNode::keepRunning));
        for (int i = 0; i < story.answers().size(); i++) {
            int number = i + 1;
            find(story.answers().get(i), story).ifPresent(node -> node.becomeAnswer(number));
        }
    }

    private Optional<SearchNode> find(Answer answer, SearchStory story) {
        double score = answer.score().orElse(Double.NaN);
        int length = answer.tokens().size();
        return steps.stream()
                .flatMap(List::stream)
                .filter(node -> node.offer().fate() == Fate.ENDED && node.answer() == 0)
                .filter(node -> Math.abs(node.score(story.params().lengthPenalty()) - score) < SAME_SCORE)
                .filter(node -> node.step() + 1 == length || node.step() == length) // with an end token
                .filter(node -> node.tokens().subList(0, length).equals(answer.tokens()))
                .findFirst();
    }

    /** The kept continuations of the prompt: what the trees begin with. */
    List<SearchNode> roots() {
        return roots;
    }

    /** All continuations of a step of a group, in the story's order. */
    List<SearchNode> step(int index) {
        return steps.get(index);
    }
}
