package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.TestData;
import dev.gatun.sampler.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guessing ahead changes how many steps an answer takes and nothing else. */
class SpeculationTest {
    private static final String LIST = "red, green, blue, red, green, blue, red, green, blue, red,";

    @Test
    void theSameTokensInFewerSteps() {
        List<Request> requests = requests();
        List<Generation> plain = answers(requests, 0, 1);
        List<Generation> guessing = answers(requests, 5, 1);
        List<Generation> together = answers(requests, 3, requests.size());
        int right = 0;
        for (int i = 0; i < requests.size(); i++) {
            assertArrayEquals(plain.get(i).tokens(), guessing.get(i).tokens(), "request " + i);
            assertArrayEquals(plain.get(i).tokens(), together.get(i).tokens(), "request " + i + " among others");
            assertEquals(plain.get(i).await(), guessing.get(i).await());
            assertEquals(plain.get(i).text(), guessing.get(i).text());
            GenerationMetrics metrics = guessing.get(i).metrics();
            assertTrue(metrics.acceptedTokens() <= metrics.draftedTokens(), metrics::toString);
            assertTrue(
                    metrics.decode().steps() <= plain.get(i).metrics().decode().steps(), metrics::toString);
            right += metrics.acceptedTokens();
        }
        GenerationMetrics list = guessing.getFirst().metrics();
        assertTrue(list.acceptedTokens() > 20, list::toString);
        assertTrue(list.decode().steps() < 15, list::toString);
        assertTrue(right > list.acceptedTokens(), "only the list was guessed");
    }

    private static List<Request> requests() {
        SamplingParams greedy = SamplingParams.GREEDY.toBuilder().maxTokens(32).build();
        SamplingParams drawn = SamplingParams.builder()
                .temperature(0.7)
                .topP(0.9)
                .frequencyPenalty(0.1)
                .seed(11)
                .maxTokens(32)
                .build();
        return List.of(
                Request.text(LIST).with(greedy),
                Request.text(LIST).with(drawn),
                Request.text(LIST).with(greedy.toBuilder().maxTokens(1).build()),
                Request.text(LIST).with(greedy.toBuilder().maxTokens(2).build()),
                Request.text(LIST).with(greedy.toBuilder().stop("blue, red").build()),
                Request.text(LIST.repeat(8))
                        .with(greedy.toBuilder().maxTokens(64).build()), // to the end of the context
                Request.chat("Repeat after me: the sea, the sea, the sea.")
                        .with(drawn.toBuilder().maxTokens(100).build()));
    }

    private static List<Generation> answers(List<Request> requests, int draftTokens, int atOnce) {
        EngineOptions options =
                EngineOptions.DEFAULTS.withContext(192).withSequences(atOnce).withDraftTokens(draftTokens);
        List<Generation> generations = new ArrayList<>();
        try (Engine engine = Engine.open(TestData.smollm2(), options)) {
            for (Request request : requests) {
                generations.add(engine.submit(request));
                if (atOnce == 1) {
                    generations.getLast().await();
                }
            }
            generations.forEach(Generation::await);
            assertEquals(0, engine.stats().heldPages(), "pages held at the end");
        }
        return generations;
    }
}
