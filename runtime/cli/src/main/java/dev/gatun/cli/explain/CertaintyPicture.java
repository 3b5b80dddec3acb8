package dev.gatun.cli.explain;

import dev.gatun.runtime.engine.Choice;
import dev.gatun.sampler.StageReport;
import java.util.List;
import java.util.Locale;

/** How sure the model was, token after token: a column a token, as high as the entropy of the model's own law. */
final class CertaintyPicture {
    private static final int HEIGHT = 90;
    private static final int COLUMN = 22;

    private CertaintyPicture() {}

    static void draw(Markup out, Story story) {
        List<Choice> choices = story.choices();
        double most = choices.stream()
                .mapToDouble(choice -> modelLaw(choice).entropy())
                .max()
                .orElse(0);
        double scale = (HEIGHT - 16) / Math.max(most, 1e-3);
        out.raw("<div class=\"wide\"><svg role=\"img\" width=\"" + (COLUMN * choices.size() + 4) + "\" height=\""
                + HEIGHT + "\"><title>entropy of the model's law, in nats, a column a token</title>");
        for (int i = 0; i < choices.size(); i++) {
            double entropy = modelLaw(choices.get(i)).entropy();
            double height = Math.max(1, entropy * scale);
            out.raw("<a href=\"#token" + (i + 1) + "\"><g class=\"kept\"><title>");
            out.text("token " + (i + 1) + " "
                    + story.piece(choices.get(i).token()).quoted()
                    + String.format(Locale.ROOT, ": entropy %.3f nats", entropy));
            out.raw("</title><rect x=\"" + (i * COLUMN + 3) + "\" width=\"" + (COLUMN - 4) + "\" y=\"");
            out.number(HEIGHT - height).raw("\" height=\"").number(height).raw("\"/></g></a>");
        }
        out.raw("</svg></div>");
    }

    private static StageReport modelLaw(Choice choice) {
        return choice.explanation().stages().getFirst();
    }
}
