package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.TestData;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.constraint.Grammar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the real model says under a constraint. */
class ConstrainedGenerationTest {
    /** Generations in all; {@code -Dgatun.generations=1000} for the full proof. */
    private static final int GENERATIONS = Integer.getInteger("gatun.generations", 100);

    private static List<String> schemas() throws IOException {
        try (InputStream file = ConstrainedGenerationTest.class.getResourceAsStream("schemas.jsonl")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private record Started(Generation generation, JsonFaults faults) {}

    @Test
    @Tag("slow")
    void whatASchemaConstrainsIsValid() throws IOException {
        List<String> schemas = schemas();
        List<Grammar> grammars = schemas.stream().map(Grammar::jsonSchema).toList();
        List<JsonFaults> faults = schemas.stream().map(JsonFaults::new).toList();
        List<String> invalid = new ArrayList<>();
        int valid = 0;
        var options = EngineOptions.DEFAULTS.withContext(768).withSequences(16);
        try (Engine engine = Engine.open(TestData.smollm2(), options)) {
            List<Started> started = new ArrayList<>();
            for (int i = 0; i < GENERATIONS; i++) {
                int schema = i % schemas.size();
                SamplingParams sampling = SamplingParams.builder()
                        .temperature(1)
                        .topP(0.95)
                        .seed(i)
                        .maxTokens(400)
                        .constraint(grammars.get(schema))
                        .build();
                String prompt = "Invent an example. Answer in JSON only, as this schema says: " + schemas.get(schema);
                started.add(new Started(engine.submit(Request.chat(prompt).with(sampling)), faults.get(schema)));
            }
            for (Started one : started) {
                FinishReason reason = one.generation().await();
                String text = one.generation().text();
                String fault = one.faults().of(text);
                if (reason == FinishReason.STOP && fault.isEmpty()) {
                    valid++;
                } else {
                    invalid.add(reason + ": " + text + ": " + fault);
                }
            }
        }
        assertEquals(List.of(), invalid, valid + " are valid");
        assertEquals(GENERATIONS, valid);
    }

    @Test
    void forcedStretchesNeedNoSteps() {
        try (Engine engine = Engine.open(TestData.smollm2(), EngineOptions.DEFAULTS.withContext(256))) {
            String forced = "The quick brown fox jumps over the lazy dog, and then it sleeps in the sun: ";
            var constraint = Grammar.regex(forced + "[0-9]{2}");
            Generation generation = engine.submit(Request.text("Say:")
                    .with(SamplingParams.GREEDY.toBuilder()
                            .constraint(constraint)
                            .build()));
            assertEquals(FinishReason.STOP, generation.await());
            assertTrue(generation.text().startsWith(forced), generation.text());
            assertEquals(forced.length() + 2, generation.text().length());
            GenerationMetrics metrics = generation.metrics();
            assertTrue(metrics.tokens() > 15, "tokens " + metrics.tokens());
            assertTrue(
                    metrics.decode().steps() <= 8, "steps " + metrics.decode().steps());
        }
    }

    @Test
    void anEmptyTextEndsAtOnce() {
        try (Engine engine = Engine.open(TestData.smollm2(), EngineOptions.DEFAULTS.withContext(128))) {
            Generation generation = engine.submit(Request.text("Say:")
                    .with(SamplingParams.GREEDY.toBuilder()
                            .constraint(Grammar.regex(""))
                            .build()));
            assertEquals(FinishReason.STOP, generation.await());
            assertEquals("", generation.text());
        }
    }
}
