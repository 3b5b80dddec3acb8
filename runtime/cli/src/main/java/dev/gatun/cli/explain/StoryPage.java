package dev.gatun.cli.explain;

import dev.gatun.cli.Units;
import dev.gatun.runtime.engine.Choice;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.sampler.StageReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
        out.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
                + "<link rel=\"icon\" href=\"data:,\"><title>");
        out.text(story.model())
                .raw(": an answer, step by step</title><style>\n")
                .raw(style())
                .raw("</style></head><body><main>");
        out.raw("<h1>An answer, step by step</h1><p class=\"quiet\">");
        out.text(story.model() + " on " + story.backend()).raw("</p>");
        prompt();
        choices();
        end();
        AttentionMap attention = story.attention();
        if (attention != null) {
            out.raw("<h2>Attention</h2>");
            AttentionPicture.draw(out, attention);
        }
        metrics();
        return out.raw("</main></body></html>\n").toString();
    }

    private void prompt() {
        out.raw("<h2>Prompt</h2><p>" + Units.count(story.prompt().size(), "token")
                + ", computed at once (<em>prefill</em>) in "
                + Units.milliseconds(story.metrics().prefill().milliseconds()) + ".</p><p class=\"tokens\">");
        story.prompt().forEach(this::chip);
        out.raw("</p>");
    }

    private void chip(Piece piece) {
        out.raw("<span class=\"token\" title=\"token " + piece.id() + "\">")
                .text(piece.visible())
                .raw("</span>");
    }

    private void choices() {
        out.raw("<h2>Answer</h2><p class=\"tokens\">");
        for (int i = 0; i < story.choices().size(); i++) {
            Choice choice = story.choices().get(i);
            out.raw("<a class=\"token\" href=\"#token" + (i + 1) + "\" title=\"token " + choice.token() + "\">");
            out.text(story.piece(choice.token()).visible()).raw("</a>");
        }
        out.raw("</p><p>How unsure the model was, token by token (entropy of its law; the higher, the less sure):</p>");
        CertaintyPicture.draw(out, story);
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

    private void metrics() {
        GenerationMetrics metrics = story.metrics();
        out.raw("<h2>Time and memory</h2><table>");
        row("time to first token", Units.milliseconds(metrics.timeToFirstTokenMilliseconds()));
        row("time per output token", Units.milliseconds(metrics.timePerOutputTokenMilliseconds()));
        row("prefill", Units.decimal(metrics.prefill().rowsPerSecond(), 1) + " tokens/s");
        row("decode", Units.decimal(metrics.decode().rowsPerSecond(), 1) + " tokens/s");
        row("key-value cache", Units.bytes(metrics.kvBytes()));
        row("peak memory", Units.bytes(metrics.peakMemoryBytes()));
        out.raw(
                "</table><p class=\"quiet\">Times include the explaining, which looks at the whole law after every stage.</p>");
    }

    private void row(String name, String value) {
        out.raw("<tr><th>").text(name).raw("</th><td>").text(value).raw("</td></tr>");
    }

    private static String style() {
        try (InputStream in = StoryPage.class.getResourceAsStream("page.css")) {
            if (in == null) {
                throw new IllegalStateException("page.css is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
