package dev.gatun.cli.explain;

import dev.gatun.sampler.StageReport;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The law after one stage as bars: one a token, the likeliest above. */
final class LawPicture {
    private static final int WIDTH = 250;
    private static final int LABEL = 96;
    private static final int BARS = 104;
    private static final int ROW = 18;
    private static final int LABEL_CHARACTERS = 13;

    private LawPicture() {}

    /**
     * Draws {@code stage}.
     *
     * @param following the stage after it, or itself if it is the last: a token that is no longer among the best there is
     *     drawn faint
     * @param most how many of the best tokens were reported
     */
    static void draw(Markup out, Story story, StageReport stage, StageReport following, int most, int chosen) {
        List<StageReport.Likelihood> best = stage.best();
        Set<Integer> kept =
                following.best().stream().map(StageReport.Likelihood::token).collect(Collectors.toSet());
        boolean all = following.best().size() < most || following.survivors() == most; // all survivors are listed
        out.raw("<svg role=\"img\" width=\"" + WIDTH + "\" height=\"" + (ROW * Math.max(1, best.size()) + 4)
                + "\"><title>law after ");
        out.text(stage.stage()).raw("</title>");
        for (int i = 0; i < best.size(); i++) {
            StageReport.Likelihood likelihood = best.get(i);
            Piece piece = story.piece(likelihood.token());
            boolean gone = !kept.contains(likelihood.token());
            String kind = likelihood.token() == chosen ? "chosen" : gone ? "gone" : "kept";
            int y = i * ROW + 2;
            out.raw("<g class=\"" + kind + "\"><title>");
            out.text(piece.quoted() + " (" + piece.id() + ") " + percent(likelihood.probability()));
            if (gone) {
                out.text(all ? ", removed by the next stage" : ", not among the best after the next stage");
            }
            out.raw("</title><text x=\"" + (LABEL - 6) + "\" y=\"" + (y + 13) + "\" text-anchor=\"end\">");
            out.text(piece.visible(LABEL_CHARACTERS));
            out.raw("</text><rect x=\"" + LABEL + "\" y=\"" + (y + 2) + "\" height=\"" + (ROW - 5) + "\" width=\"");
            out.number(Math.max(0.5, likelihood.probability() * BARS)).raw("\"/><text x=\"");
            out.number(LABEL + 4 + likelihood.probability() * BARS).raw("\" y=\"" + (y + 13) + "\">");
            out.text(percent(likelihood.probability())).raw("</text></g>");
        }
        out.raw("</svg>");
    }

    static String percent(double probability) {
        double percent = 100 * probability;
        return String.format(Locale.ROOT, percent < 0.095 && percent > 0 ? "%.1e %%" : "%.1f %%", percent);
    }
}
