package dev.gatun.cli.explain;

import dev.gatun.sampler.beam.Fate;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;

/**
 * The trees of a search from left to right: a column a step, a box a hypothesis that was kept. No two lines cross: each leaf
 * has a row of its own, and a box lies in the row of its best continuation.
 */
final class TreePicture {
    private static final int COLUMN = 124;
    private static final int BOX_WIDTH = 98;
    private static final int BOX_HEIGHT = 32;
    private static final int ROW = 40;
    private static final int TOP = 22;
    private static final int LABEL_CHARACTERS = 12;

    private final Markup out;
    private final SearchStory story;
    private final IdentityHashMap<SearchNode, Integer> rows = new IdentityHashMap<>();
    private int leaves;
    private int columns;

    private TreePicture(Markup out, SearchStory story) {
        this.out = out;
        this.story = story;
    }

    static void draw(Markup out, SearchStory story, SearchTree tree) {
        new TreePicture(out, story).draw(tree.roots());
    }

    private void draw(List<SearchNode> roots) {
        roots.forEach(this::place);
        out.raw("<div class=\"wide\"><svg class=\"tree\" role=\"img\" width=\"" + (COLUMN * columns) + "\" height=\""
                + (TOP + ROW * leaves) + "\"><title>the hypotheses of the search, a column a step</title>");
        for (int step = 0; step < columns; step++) {
            out.raw("<text class=\"head\" x=\"" + (COLUMN * step + 2) + "\" y=\"12\">step " + (step + 1) + "</text>");
        }
        roots.forEach(this::edges);
        roots.forEach(this::box);
        out.raw("</svg></div>");
    }

    private int place(SearchNode node) {
        columns = Math.max(columns, node.step() + 1);
        int row = -1;
        for (SearchNode child : node.children()) {
            int placed = place(child);
            row = row < 0 ? placed : row;
        }
        row = row < 0 ? leaves++ : row;
        rows.put(node, row);
        return row;
    }

    private int x(SearchNode node) {
        return COLUMN * node.step() + 1;
    }

    private int y(SearchNode node) {
        return TOP + ROW * rows.getOrDefault(node, 0);
    }

    private void edges(SearchNode node) {
        int fromX = x(node) + BOX_WIDTH;
        int fromY = y(node) + BOX_HEIGHT / 2;
        int middle = fromX + (COLUMN - BOX_WIDTH) / 2;
        for (SearchNode child : node.children()) {
            int toY = y(child) + BOX_HEIGHT / 2;
            out.raw("<path class=\"" + (child.leads() ? "leads" : "edge") + "\" d=\"M" + fromX + " " + fromY + "C"
                    + middle + " " + fromY + " " + middle + " " + toY + " " + x(child) + " " + toY + "\"/>");
            edges(child);
        }
    }

    private void box(SearchNode node) {
        Piece piece = story.piece(node.offer().token());
        out.raw("<g class=\"" + kind(node) + "\"><title>");
        out.text(piece.quoted() + " (" + piece.id() + "): "
                + String.format(
                        Locale.ROOT,
                        "log-probability %.4f, sum %.4f, score at this length %.4f; %s",
                        node.offer().logprob(),
                        node.offer().sum(),
                        node.score(story.params().lengthPenalty()),
                        node.fate()));
        out.raw("</title><rect rx=\"5\" x=\"" + x(node) + "\" y=\"" + y(node) + "\" width=\"" + BOX_WIDTH
                + "\" height=\"" + BOX_HEIGHT + "\"/><text x=\"" + (x(node) + 7) + "\" y=\"" + (y(node) + 13) + "\">");
        out.text(piece.visible(LABEL_CHARACTERS));
        out.raw("</text><text class=\"sum\" x=\"" + (x(node) + 7) + "\" y=\"" + (y(node) + 26) + "\">");
        out.text(String.format(Locale.ROOT, "%.3f", node.offer().sum()) + mark(node))
                .raw("</text></g>");
        node.children().forEach(this::box);
    }

    private static String mark(SearchNode node) {
        if (node.answer() > 0) {
            return "  #" + node.answer();
        }
        return node.offer().fate() == Fate.ENDED ? "  end" : node.fate().equals("died") ? "  \u2717" : "";
    }

    private static String kind(SearchNode node) {
        String way = node.leads() ? "way" : node.fate().equals("died") ? "dead" : "open";
        return node.offer().fate() == Fate.ENDED ? way + " done" : way;
    }
}
