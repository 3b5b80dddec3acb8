package dev.gatun.cli.explain;

import dev.gatun.cli.Units;
import dev.gatun.runtime.engine.GenerationMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the pages have in common: head, prompt, attention, time and memory, foot. */
final class PageFrame {

    private PageFrame() {}

    static void begin(Markup out, String model, String backend, String title) {
        out.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
                + "<link rel=\"icon\" href=\"data:,\"><title>");
        out.text(model)
                .raw(": ")
                .text(title)
                .raw("</title><style>\n")
                .raw(style())
                .raw("</style></head><body><main><h1>")
                .text(Character.toUpperCase(title.charAt(0)) + title.substring(1))
                .raw("</h1><p class=\"quiet\">")
                .text(model + " on " + backend)
                .raw("</p>");
    }

    static void prompt(Markup out, List<Piece> prompt, GenerationMetrics metrics) {
        out.raw("<h2>Prompt</h2><p>" + Units.count(prompt.size(), "token")
                + ", computed at once (<em>prefill</em>) in "
                + Units.milliseconds(metrics.prefill().milliseconds()) + ".</p><p class=\"tokens\">");
        prompt.forEach(piece -> out.raw("<span class=\"token\" title=\"token " + piece.id() + "\">")
                .text(piece.visible())
                .raw("</span>"));
        out.raw("</p>");
    }

    static void end(Markup out, @Nullable AttentionMap attention, GenerationMetrics metrics) {
        if (attention != null) {
            out.raw("<h2>Attention</h2>");
            AttentionPicture.draw(out, attention);
        }
        out.raw("<h2>Time and memory</h2><table>");
        row(out, "time to first token", Units.milliseconds(metrics.timeToFirstTokenMilliseconds()));
        row(out, "time per output token", Units.milliseconds(metrics.timePerOutputTokenMilliseconds()));
        row(out, "prefill", Units.decimal(metrics.prefill().rowsPerSecond(), 1) + " tokens/s");
        row(out, "decode", Units.decimal(metrics.decode().rowsPerSecond(), 1) + " tokens/s");
        if (metrics.draftedTokens() > 0) {
            row(
                    out,
                    "guesses",
                    metrics.acceptedTokens() + " of " + metrics.draftedTokens() + " right ("
                            + Units.decimal(100 * metrics.acceptanceRate(), 0) + " %)");
        }
        row(out, "key-value cache", Units.bytes(metrics.kvBytes()));
        row(out, "peak memory", Units.bytes(metrics.peakMemoryBytes()));
        out.raw("</table><p class=\"quiet\">Times include the explaining.</p></main></body></html>\n");
    }

    private static void row(Markup out, String name, String value) {
        out.raw("<tr><th>").text(name).raw("</th><td>").text(value).raw("</td></tr>");
    }

    private static String style() {
        try (InputStream in = PageFrame.class.getResourceAsStream("page.css")) {
            if (in == null) {
                throw new IllegalStateException("page.css is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
