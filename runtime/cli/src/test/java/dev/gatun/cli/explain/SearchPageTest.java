package dev.gatun.cli.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cli.Browser;
import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.runtime.engine.Phase;
import dev.gatun.runtime.engine.SearchStep;
import dev.gatun.sampler.beam.BeamParams;
import dev.gatun.sampler.beam.BeamSearch;
import dev.gatun.sampler.beam.Fate;
import dev.gatun.sampler.beam.Hypothesis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The story of a search of made-up scores: tree, text, object and page agree with what the search did. */
class SearchPageTest {
    private static final String HOSTILE = "</title><script>alert('x')</script><img src=x onerror=\"y\">";
    private static final List<String> WORDS = List.of(" a", " b", "\n", HOSTILE, " e", "\t", " \u00e9", "</s>");
    private static final int END = 7;

    @TempDir
    private Path folder;

    private static SearchStory story(int groups) {
        BeamParams params = BeamParams.of(4)
                .withLengthPenalty(0.7)
                .withGroups(groups, groups == 1 ? 0 : 0.9)
                .withNumReturnSequences(3);
        BeamSearch search = new BeamSearch(params, 6, List.of(END));
        Random random = new Random(2);
        List<SearchStep> steps = new ArrayList<>();
        for (int step = 0; !search.isDone(); step++) {
            for (int group = 0; group < groups; group++) {
                boolean isRunning = search.running(group) > 0;
                for (int beam = 0; beam < search.running(group); beam++) {
                    for (int token = 0; token < WORDS.size(); token++) {
                        search.offer(group, beam, token, -0.2 - 3 * random.nextDouble());
                    }
                }
                search.advance(group);
                if (isRunning) {
                    steps.add(new SearchStep(step, group, search.offers(group)));
                }
            }
        }
        List<Answer> answers =
                search.best().stream().map(SearchPageTest::answer).toList();
        Phase phase = new Phase("decode", 3, 1, 1, 1e6, 1);
        List<Piece> all = IntStream.range(0, WORDS.size())
                .mapToObj(token -> new Piece(token, WORDS.get(token)))
                .toList();
        return new SearchStory(
                HOSTILE,
                "reference",
                all.subList(2, 5),
                params,
                steps,
                answers,
                new GenerationMetrics(3, 0, 3, 1, 1, 1, phase, phase, phase, 0, 0, 1, 1, 0),
                null,
                all::get);
    }

    private static Answer answer(Hypothesis found) {
        int length = found.tokens().size() - (found.ended() ? 1 : 0);
        return new Answer(
                HOSTILE,
                found.tokens().subList(0, length),
                found.ended() ? FinishReason.STOP : FinishReason.LENGTH,
                OptionalDouble.of(found.score()),
                List.of());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theTreeHoldsEveryAnswerOnItsOwnWay(int groups) {
        SearchStory story = story(groups);
        SearchTree tree = new SearchTree(story);
        List<SearchNode> nodes = IntStream.range(0, story.steps().size())
                .mapToObj(tree::step)
                .flatMap(List::stream)
                .toList();
        assertEquals(3, story.answers().size());
        for (int i = 0; i < 3; i++) {
            int number = i + 1;
            List<SearchNode> ends =
                    nodes.stream().filter(node -> node.answer() == number).toList();
            assertEquals(1, ends.size());
            assertTrue(ends.getFirst().leads());
            List<Integer> tokens = ends.getFirst().tokens();
            List<Integer> wanted = story.answers().get(i).tokens();
            assertEquals(wanted, tokens.subList(0, wanted.size()));
            double sum = 0;
            for (SearchNode node = ends.getFirst(); node != null; node = node.parent()) {
                sum += node.offer().logprob();
            }
            assertEquals(ends.getFirst().offer().sum(), sum, 1e-12);
        }
        for (SearchNode node : nodes) {
            boolean goesOn = node.offer().fate() == Fate.GOES_ON;
            assertTrue(goesOn || node.children().isEmpty());
            SearchNode parent = node.parent();
            assertEquals(node.step() == 0, parent == null);
            assertTrue(parent == null || parent.step() == node.step() - 1);
            if (goesOn && node.children().isEmpty()) {
                assertTrue(node.fate().equals("died") || node.fate().equals("left running"), node.fate());
            }
        }
    }

    @Test
    void theTextHasALineForEveryLeafAndAnswer() {
        SearchStory story = story(1);
        List<String> lines = new ArrayList<>();
        new SearchText(story, lines::add).write();
        String text = String.join("\n", lines);
        SearchTree tree = new SearchTree(story);
        long ended = IntStream.range(0, story.steps().size())
                .mapToObj(tree::step)
                .flatMap(List::stream)
                .filter(node -> node.offer().fate() == Fate.ENDED)
                .count();
        assertTrue(ended >= 4, text);
        assertEquals(ended, count("\\[ended", text));
        for (int number = 1; number <= 3; number++) {
            assertEquals(1, count("ended, answer " + number + ", score", text));
            assertEquals(1, count("(?m)^answer " + number + ": score", text));
        }
    }

    @Test
    void theObjectHasEveryContinuation() {
        SearchStory story = story(2);
        Map<String, Object> object = SearchJson.of(story, Map.of());
        List<?> steps = list(map(object, "search"), "steps");
        assertEquals(story.steps().size(), steps.size());
        for (int i = 0; i < steps.size(); i++) {
            Map<?, ?> step = (Map<?, ?>) steps.get(i);
            assertEquals(story.steps().get(i).group(), step.get("group"));
            assertEquals(
                    story.steps().get(i).offers().size(),
                    list(step, "continuations").size());
        }
        assertEquals(3, list(object, "answers").size());
    }

    private static List<?> list(Map<?, ?> object, String name) {
        return (List<?>) Objects.requireNonNull(object.get(name), name);
    }

    private static Map<?, ?> map(Map<?, ?> object, String name) {
        return (Map<?, ?>) Objects.requireNonNull(object.get(name), name);
    }

    @Test
    void nothingOfTheModelBecomesMarkupOrAsksTheNetwork() {
        for (int groups : new int[] {1, 2}) {
            String page = new SearchPage(story(groups), 5).write();
            assertFalse(page.contains("<script"), page);
            assertFalse(page.contains("<img"), page);
            assertTrue(page.contains("&lt;script&gt;"), page);
            assertEquals(0, count("https?://|//[a-z]|url\\(|@import|src=", page.replace("src=x", "")));
        }
    }

    @Test
    void aBrowserShowsItWithoutComplaint() throws IOException, InterruptedException {
        Browser browser = Browser.requireChromium(folder);
        SearchStory story = story(2);
        Path page = folder.resolve("search.html");
        Files.writeString(page, new SearchPage(story, 5).write());
        Browser.Visit visit = browser.open(page);
        assertEquals(List.of(), visit.complaints());
        long kept = story.steps().stream()
                .flatMap(step -> step.offers().stream())
                .filter(offer -> offer.fate() != Fate.DROPPED)
                .count();
        assertEquals(kept, count("<rect rx=", visit.document()));
        assertEquals(story.steps().size(), count("<details", visit.document()));
        assertTrue(Files.size(visit.picture()) > 10_000, () -> "the picture is empty");
    }

    private static long count(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
