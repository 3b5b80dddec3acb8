package dev.gatun.cli.explain;

import dev.gatun.cli.Units;
import java.util.List;

/** What was guessed ahead, pass by pass: right guesses, the first wrong one with what was chosen instead, and those behind it. */
final class GuessPicture {

    private GuessPicture() {}

    static void draw(Markup out, Story story) {
        List<Pass> passes = Pass.of(story.choices());
        out.raw("<h2>Guesses</h2><p>" + Units.count(story.choices().size(), "token") + " in "
                + Units.count(passes.size(), "step") + " of the model: "
                + story.metrics().acceptedTokens() + " of " + story.metrics().draftedTokens()
                + " guesses were right. A step computes all its guesses at once; the first that differs from the choice"
                + " ends it.</p><p class=\"legend\"><span class=\"key right\">guessed right</span>"
                + "<span class=\"key wrong\">guessed wrong</span><span class=\"key unread\">behind a wrong guess</span>"
                + "<span class=\"key fresh\">chosen without a guess</span></p>"
                + "<div class=\"wide\"><table class=\"grid\"><thead><tr><th>step</th><th class=\"text\">guessed</th>"
                + "<th class=\"text\">chosen</th></tr></thead><tbody>");
        for (int i = 0; i < passes.size(); i++) {
            int from = i;
            while (passes.get(i).guesses().isEmpty()
                    && i + 1 < passes.size()
                    && passes.get(i + 1).guesses().isEmpty()) {
                i++; // steps that guessed nothing share a row
            }
            row(out, story, from + 1, passes.subList(from, i + 1));
        }
        out.raw("</tbody></table></div>");
    }

    private static void row(Markup out, Story story, int number, List<Pass> passes) {
        int last = number + passes.size() - 1;
        out.raw("<tr><td>" + number + (last > number ? "\u2013" + last : "")
                + "</td><td class=\"text\"><span class=\"tokens\">");
        passes.forEach(pass -> guesses(out, story, pass));
        out.raw("</span></td><td class=\"text\"><span class=\"tokens\">");
        passes.forEach(pass -> choices(out, story, pass));
        out.raw("</span></td></tr>");
    }

    private static void guesses(Markup out, Story story, Pass pass) {
        int right = pass.right();
        for (int i = 0; i < pass.guesses().size(); i++) {
            boolean isRead = i < pass.choices().size();
            chip(out, story, pass.guesses().get(i), i < right ? "right" : isRead && i == right ? "wrong" : "unread");
        }
    }

    private static void choices(Markup out, Story story, Pass pass) {
        for (int i = 0; i < pass.choices().size(); i++) {
            out.raw("<a href=\"#token" + (pass.first() + i + 1) + "\">");
            chip(out, story, pass.choices().get(i).token(), i < pass.right() ? "right" : "fresh");
            out.raw("</a>");
        }
    }

    private static void chip(Markup out, Story story, int token, String kind) {
        out.raw("<span class=\"token " + kind + "\" title=\"token " + token + "\">")
                .text(story.piece(token).visible())
                .raw("</span>");
    }
}
