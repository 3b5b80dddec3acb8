package dev.gatun.cli.explain;

import dev.gatun.cli.Units;
import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.SearchStep;
import dev.gatun.sampler.beam.Fate;
import java.util.List;
import java.util.Locale;

/** A search as one HTML page that needs no script and no other file. */
public final class SearchPage {
    private final SearchStory story;
    private final SearchTree tree;
    private final int most;
    private final Markup out = new Markup();

    /** @param most how many of a step's continuations to list; those that were kept are listed in any case */
    public SearchPage(SearchStory story, int most) {
        this.story = story;
        this.tree = new SearchTree(story);
        this.most = most;
    }

    /** The page. */
    public String write() {
        PageFrame.begin(out, story.model(), story.backend(), "a beam search, step by step");
        PageFrame.prompt(out, story.prompt(), story.metrics());
        answers();
        out.raw("<h2>Tree</h2><p class=\"quiet\">");
        out.text(story.options());
        out.raw("</p><p class=\"legend\">"
                + "<span class=\"key way\">leads to an answer</span>"
                + "<span class=\"key open\">was followed</span>"
                + "<span class=\"key dead\">died: its continuations were beaten \u2717</span>"
                + "<span class=\"key open done\">ended</span></p>"
                + "<p>The number in a box is the sum of log-probabilities up to it; point at it for the others.</p>");
        TreePicture.draw(out, story, tree);
        out.raw("<h2>Steps</h2>");
        for (int i = 0; i < story.steps().size(); i++) {
            step(story.steps().get(i), tree.step(i));
        }
        PageFrame.end(out, story.attention(), story.metrics());
        return out.toString();
    }

    private void answers() {
        out.raw(
                "<h2>Answers</h2><div class=\"wide\"><table class=\"grid\"><thead><tr><th>answer</th><th>score</th><th>tokens</th>"
                        + "<th>end</th><th class=\"text\">text</th></tr></thead><tbody>");
        for (int i = 0; i < story.answers().size(); i++) {
            Answer answer = story.answers().get(i);
            out.raw("<tr><td>#" + (i + 1) + "</td><td>"
                    + (answer.score().isPresent() ? number(answer.score().getAsDouble()) : "")
                    + "</td><td>" + answer.tokens().size() + "</td><td>"
                    + answer.finishReason().name().toLowerCase(Locale.ROOT) + "</td><td class=\"text\">");
            out.text(answer.text()).raw("</td></tr>");
        }
        out.raw("</tbody></table></div>");
    }

    private void step(SearchStep step, List<SearchNode> nodes) {
        long kept = nodes.stream()
                .filter(node -> node.offer().fate() != Fate.DROPPED)
                .count();
        out.raw("<details" + (step.step() == 0 ? " open" : "") + "><summary>step " + (step.step() + 1)
                + (story.params().numBeamGroups() > 1 ? ", group " + (step.group() + 1) : "") + ": "
                + Units.count(nodes.size(), "continuation") + ", " + kept + " kept</summary>");
        out.raw(
                "<div class=\"wide\"><table class=\"grid\"><thead><tr><th class=\"text\">continues</th><th class=\"text\">token</th>"
                        + "<th>log-probability</th><th>sum</th><th>score at this length</th><th class=\"text\">became</th></tr></thead><tbody>");
        for (int rank = 0; rank < nodes.size(); rank++) {
            SearchNode node = nodes.get(rank);
            if (rank < most || node.offer().fate() != Fate.DROPPED) {
                row(node);
            }
        }
        out.raw("</tbody></table></div></details>");
    }

    private void row(SearchNode node) {
        SearchNode parent = node.parent();
        out.raw("<tr class=\"" + (node.leads() ? "way" : node.offer().fate() == Fate.DROPPED ? "dropped" : "open")
                + "\">");
        out.raw("<td class=\"text\">");
        out.text(
                parent == null
                        ? "the prompt"
                        : "beam " + (node.offer().beam() + 1) + " \u2026"
                                + story.piece(parent.offer().token()).visible());
        out.raw("</td><td class=\"text\"><b>")
                .text(story.piece(node.offer().token()).visible())
                .raw("</b></td>");
        out.raw("<td>" + number(node.offer().logprob()) + "</td><td>"
                + number(node.offer().sum()) + "</td><td>"
                + number(node.score(story.params().lengthPenalty())) + "</td><td class=\"text\">" + node.fate()
                + "</td></tr>");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
