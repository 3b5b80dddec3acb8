package dev.gatun.cli.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cli.Browser;
import dev.gatun.runtime.engine.Choice;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.runtime.engine.Phase;
import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page, made from a sampler's own explanations of made-up logits. */
class StoryPageTest {
    private static final String HOSTILE = "</title><script>alert('x')</script><img src=x onerror=\"y\">";
    private static final List<String> WORDS = List.of(" a", " b", "\n", HOSTILE, " e", "\t", "\u0000", " \u00e9");

    @TempDir
    private Path folder;

    @Test
    void showsEveryTokenEveryStageAndTheDraw() {
        String page = new StoryPage(story(), 5).write();
        assertEquals(3, count("<details", page));
        assertEquals(3 * 4, count("<figure>", page), "model, count_penalties, temperature, top_k for each token");
        assertEquals(3, count("Drawn with 0\\.\\d{6}", page));
        assertEquals(1, count("class=\"attention\"", page));
    }

    @Test
    void nothingOfTheModelBecomesMarkup() {
        String page = new StoryPage(story(), 5).write();
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("<img"), page);
        assertFalse(page.contains("\u0000"), page);
        assertTrue(page.contains("&lt;script&gt;"), page);
    }

    @Test
    void tellsRightGuessesFromWrongOnes() {
        String page = new StoryPage(story(), 5).write();
        assertEquals(
                1, count("class=\"token right\" title", page.substring(page.indexOf("<h2>Guesses"))) - 1, "and chosen");
        assertEquals(1, count("class=\"token wrong\"", page));
        assertEquals(1, count("class=\"token unread\"", page));
        assertTrue(page.contains("1 of 3 guesses were right"), page);
        assertEquals(1, count(", which was right", page));
        assertEquals(1, count(", which was wrong", page));
        List<String> lines = new ArrayList<>();
        new StoryText(story(), lines::add).write();
        assertEquals("guesses: 1 of 3 right", lines.getLast());
    }

    @Test
    void asksNothingOfTheNetwork() {
        String page = new StoryPage(story(), 5).write();
        assertEquals(0, count("https?://|//[a-z]|url\\(|@import|src=", page.replace("src=x", "")));
    }

    @Test
    void aBrowserShowsItWithoutComplaint() throws IOException, InterruptedException {
        Browser browser = Browser.requireChromium(folder);
        Path page = folder.resolve("story.html");
        Files.writeString(page, new StoryPage(story(), 5).write());
        Browser.Visit visit = browser.open(page);
        assertEquals(List.of(), visit.complaints());
        assertTrue(visit.document().contains("<h2>End</h2>"), visit.document());
        assertEquals(12, count("<figure>", visit.document()));
        assertTrue(Files.size(visit.picture()) > 10_000, () -> "the picture is empty");
    }

    private static Story story() {
        SamplingParams params = SamplingParams.builder()
                .presencePenalty(0.5)
                .temperature(0.8)
                .topK(3)
                .seed(1)
                .build();
        Sampler sampler = new Sampler(params, WORDS.size(), new int[] {7}, 0, 0);
        List<Choice> choices = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            float[] logits = new float[WORDS.size()];
            for (int token = 0; token < logits.length; token++) {
                logits[token] = (token * 5 + step * 3) % 8;
            }
            var explanation = sampler.explain(logits, 5);
            int token = sampler.next(logits);
            choices.add(new Choice(token, sampler.isEnd(token), guesses(step, token), explanation));
        }
        List<Piece> all = IntStream.range(0, WORDS.size())
                .mapToObj(token -> new Piece(token, WORDS.get(token)))
                .toList();
        List<double[]> weights = List.of(new double[] {1}, new double[] {0.25, 0.75}, new double[] {0.1, 0.001, 0.899});
        Phase phase = new Phase("prefill", 3, 1, 1, 1e6, 1);
        return new Story(
                HOSTILE,
                "reference",
                all.subList(2, 5),
                choices,
                HOSTILE,
                "length",
                new GenerationMetrics(3, 0, 3, 1, 1, 1, phase, phase, phase, 3, 1, 1, 1, 0),
                new AttentionMap(0, 1, all.subList(0, 3), weights),
                all::get);
    }

    /** The second step tries three guesses, of which the first is right, the second wrong and the third not read. */
    private static List<Integer> guesses(int step, int token) {
        return step == 1 ? List.of(token, 0, 1) : step == 2 ? List.of(token == 0 ? 2 : 0, 1) : List.of();
    }

    private static long count(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
