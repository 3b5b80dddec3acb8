package dev.gatun.cli.explain;

import dev.gatun.runtime.engine.Choice;
import dev.gatun.sampler.StageReport;
import java.util.List;
import java.util.Locale;

/** A story as one HTML page that needs no script and no other file. */
public final class StoryPage {
    private final Story story;
    private final int candidates;
    private final Markup out = new Markup();

    /** @param candidates how many of the best tokens were reported after each stage */
    public StoryPage(Story story, int candidates) {
        this.story = story;
        this.candidates = candidates;
    }

    /** The page. */
    public String write() {
        PageFrame.begin(out, story.model(), story.backend(), "an answer, step by step");
        PageFrame.prompt(out, story.prompt(), story.metrics());
        choices();
        end();
        PageFrame.end(out, story.attention(), story.metrics());
        return out.toString();
    }

    private void choices() {
        out.raw("<h2>Answer</h2><p class=\"tokens\">");
        for (int i = 0; i < story.choices().size(); i++) {
            Choice choice = story.choices().get(i);
            out.raw("<a class=\"token" + (choice.wasGuessed() ? " right" : "") + "\" href=\"#token" + (i + 1)
                    + "\" title=\"token " + choice.token() + "\">");
            out.text(story.piece(choice.token()).visible()).raw("</a>");
        }
        out.raw("</p><p>How unsure the model was, token by token (entropy of its law; the higher, the less sure):</p>");
        CertaintyPicture.draw(out, story);
        if (story.metrics().draftedTokens() > 0) {
            GuessPicture.draw(out, story);
            out.raw("<h2>Token by token</h2>");
        }
        for (int i = 0; i < story.choices().size(); i++) {
            choice(i + 1, story.choices().get(i));
        }
    }

    private void choice(int number, Choice choice) {
        List<StageReport> stages = choice.explanation().stages();
        StageReport last = stages.getLast();
        out.raw("<details id=\"token" + number + "\"" + (number == 1 ? " open" : "") + "><summary>token " + number
                + " <b>");
        out.text(story.piece(choice.token()).visible()).raw("</b>");
        last.best().stream()
                .filter(best -> best.token() == choice.token())
                .findFirst()
                .ifPresent(best -> out.raw(" " + LawPicture.percent(best.probability())));
        out.raw(choice.end() ? " (ends the sequence)" : "").raw("</summary><div class=\"stages\">");
        for (int i = 0; i < stages.size(); i++) {
            StageReport stage = stages.get(i);
            StageReport following = stages.get(Math.min(i + 1, stages.size() - 1));
            int removed = choice.explanation().removed(i);
            out.raw("<figure><figcaption><b>").text(stage.stage()).raw("</b><br>");
            out.raw(String.format(Locale.ROOT, "%,d left", stage.survivors()));
            out.raw(removed > 0 ? String.format(Locale.ROOT, ", %,d removed", removed) : "");
            out.raw(String.format(Locale.ROOT, ", entropy %.3f</figcaption>", stage.entropy()));
            LawPicture.draw(out, story, stage, following, candidates, choice.token());
            out.raw("</figure>");
        }
        out.raw("</div><p>");
        if (choice.explanation().draw().isPresent()) {
            out.raw(String.format(
                    Locale.ROOT,
                    "Drawn with %.6f: the first token, from the likeliest, whose cumulative probability exceeds it.",
                    choice.explanation().draw().getAsDouble()));
        } else {
            out.raw("Greedy: the best token is taken.");
        }
        if (!choice.guesses().isEmpty()) {
            out.raw(" Guessed ahead: ")
                    .text(story.piece(choice.guesses().getFirst()).quoted())
                    .raw(choice.wasGuessed() ? ", which was right." : ", which was wrong.");
        }
        out.raw("</p></details>");
    }

    private void end() {
        out.raw("<h2>End</h2><p>")
                .text(reason())
                .raw("</p><blockquote>")
                .text(story.text())
                .raw("</blockquote>");
    }

    private String reason() {
        return switch (story.finishReason()) {
            case "stop" -> "The model ended its answer, or a stop sequence was met (stop).";
            case "length" -> "The most tokens that were allowed, or the end of the context, were reached (length).";
            default -> "It ended with: " + story.finishReason() + ".";
        };
    }
}
