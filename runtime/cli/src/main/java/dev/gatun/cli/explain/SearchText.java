package dev.gatun.cli.explain;

import dev.gatun.cli.Units;
import dev.gatun.runtime.engine.Answer;
import dev.gatun.sampler.beam.Fate;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A search as lines of text: its tree, then its answers. */
public final class SearchText {
    private final SearchStory story;
    private final Consumer<String> lines;

    /** @param lines takes one line after another, without its end */
    public SearchText(SearchStory story, Consumer<String> lines) {
        this.story = story;
        this.lines = lines;
    }

    /** Writes the whole story. */
    public void write() {
        lines.accept("prompt: " + Units.count(story.prompt().size(), "token"));
        lines.accept("  " + story.prompt().stream().map(Piece::visible).collect(Collectors.joining("|")));
        lines.accept("search: " + story.options());
        lines.accept("tree: behind each token the sum of log-probabilities up to it");
        SearchTree tree = new SearchTree(story);
        branches(tree.roots(), "");
        for (int i = 0; i < story.answers().size(); i++) {
            Answer answer = story.answers().get(i);
            lines.accept(String.format(
                    Locale.ROOT,
                    "answer %d: score %s, %s, %s: %s",
                    i + 1,
                    answer.score().isPresent()
                            ? String.format(Locale.ROOT, "%.4f", answer.score().getAsDouble())
                            : "unknown",
                    Units.count(answer.tokens().size(), "token"),
                    answer.finishReason().name().toLowerCase(Locale.ROOT),
                    answer.text()));
        }
    }

    private void branches(List<SearchNode> nodes, String indent) {
        for (int i = 0; i < nodes.size(); i++) {
            boolean isLast = i == nodes.size() - 1;
            branch(
                    nodes.get(i),
                    indent + (isLast ? "\u2514\u2500 " : "\u251c\u2500 "),
                    indent + (isLast ? "   " : "\u2502  "));
        }
    }

    /** Writes a node, and those behind it as long as there is one way on. */
    private void branch(SearchNode first, String indent, String below) {
        StringBuilder line = new StringBuilder(indent);
        SearchNode node = first;
        while (true) {
            line.append(String.format(
                    Locale.ROOT,
                    "%s %.2f",
                    story.piece(node.offer().token()).quoted(),
                    node.offer().sum()));
            if (node.children().size() != 1) {
                break;
            }
            line.append("  ");
            node = node.children().getFirst();
        }
        if (node.children().isEmpty()) {
            line.append("  [").append(node.fate());
            if (node.offer().fate() == Fate.ENDED) {
                line.append(String.format(
                        Locale.ROOT, ", score %.4f", node.score(story.params().lengthPenalty())));
            }
            line.append(']');
        }
        lines.accept(line.toString());
        branches(node.children(), below);
    }
}
