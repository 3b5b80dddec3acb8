package dev.gatun.cli.explain;

import java.util.Locale;

/** An attention map as squares: a row a token that looks, a column a token looked at, the darker the more. */
final class AttentionPicture {
    private static final int MOST_TOKENS = 120;
    private static final int LABEL = 90;
    private static final int LABEL_CHARACTERS = 11;
    private static final double FAINTEST = 0.004; // a square fainter than this is not seen

    private AttentionPicture() {}

    static void draw(Markup out, AttentionMap map) {
        int count = map.weights().size();
        int first = Math.max(0, count - MOST_TOKENS);
        int cell = count - first > 60 ? 9 : 14;
        int size = LABEL + (count - first) * cell;
        out.raw("<p>Layer " + map.layer() + ", head " + map.head()
                + ". A row is a token that looks, a column a token looked at; " + "darker is more.");
        if (first > 0) {
            out.raw(" Of " + count + " tokens the last " + MOST_TOKENS + " are drawn.");
        }
        out.raw("</p><div class=\"wide\"><svg class=\"attention\" role=\"img\" width=\"" + (size + 4) + "\" height=\""
                + (size - LABEL + 4) + "\"><title>attention weights</title>");
        for (int i = first; i < count; i++) {
            int y = (i - first) * cell;
            Piece looking = map.tokens().get(i);
            out.raw("<text x=\"" + (LABEL - 4) + "\" y=\"" + (y + cell - 2) + "\" text-anchor=\"end\">");
            out.text(looking.visible(LABEL_CHARACTERS)).raw("</text>");
            for (int j = first; j <= i; j++) {
                double weight = map.weights().get(i)[j];
                if (weight >= FAINTEST) {
                    square(out, map, i, j, LABEL + (j - first) * cell, y, cell);
                }
            }
        }
        out.raw("</svg></div>");
    }

    private static void square(Markup out, AttentionMap map, int i, int j, int x, int y, int cell) {
        double weight = map.weights().get(i)[j];
        out.raw("<rect x=\"" + x + "\" y=\"" + y + "\" width=\"" + (cell - 1) + "\" height=\"" + (cell - 1)
                + "\" fill-opacity=\"");
        out.number(Math.max(0.05, weight)).raw("\"><title>");
        out.text(map.tokens().get(i).quoted() + " takes "
                + String.format(Locale.ROOT, "%.1f %%", 100 * weight) + " from "
                + map.tokens().get(j).quoted());
        out.raw("</title></rect>");
    }
}
