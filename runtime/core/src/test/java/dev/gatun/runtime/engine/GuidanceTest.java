package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.sampler.InvalidSamplingException;
import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.StageReport;
import dev.gatun.sampler.beam.BeamParams;
import dev.gatun.sampler.constraint.Grammar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers led away from a negative prompt: those of Hugging Face transformers, and of both laws computed from scratch. */
class GuidanceTest {
    private static final int VOCABULARY = 48;
    private static final int END = 2;
    private static final SamplingParams GREEDY =
            SamplingParams.GREEDY.toBuilder().guidanceScale(1.5).maxTokens(30).build();
    private static final SamplingParams DRAWN = SamplingParams.builder()
            .seed(5)
            .guidanceScale(1.8)
            .temperature(0.9)
            .topK(12)
            .frequencyPenalty(0.3)
            .logprobs(1)
            .maxTokens(30)
            .build();

    private static Engine engine;

    @BeforeAll
    static void open(@TempDir Path folder) {
        engine = BeamGoldens.open(
                folder,
                EngineOptions.DEFAULTS
                        .withActivations(Activations.F32)
                        .withKvType(DType.F32)
                        .withThreads(1)
                        .withPrefillChunk(48)
                        .withDraftTokens(3)
                        .withSequences(8));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @AfterEach
    void allPagesAreFree() {
        assertEquals(0, engine.stats().heldPages());
    }

    @Test
    void findsTheTokensOfTransformers() {
        double scale = 0;
        List<Integer> prompt = List.of();
        List<Integer> negative = List.of();
        int cases = 0;
        for (String line : BeamGoldens.lines("guidance.txt")) {
            List<String> words = Arrays.asList(line.split(" ", -1));
            switch (words.getFirst()) {
                case "scale" -> {
                    scale = Double.parseDouble(words.get(1));
                    negative = List.of();
                }
                case "prompt" -> prompt = BeamGoldens.numbers(words.subList(1, words.size()));
                case "negative" -> negative = BeamGoldens.numbers(words.subList(1, words.size()));
                case "found" -> {
                    Request request = Request.tokens(prompt)
                            .with(GREEDY.toBuilder().guidanceScale(scale).build());
                    List<Integer> found = engine.submit(
                                    negative.isEmpty() ? request : request.withNegativePrompt(Request.tokens(negative)))
                            .answers()
                            .getFirst()
                            .tokens();
                    List<Integer> expected = BeamGoldens.numbers(words.subList(1, words.size()));
                    int length = expected.getLast() == END ? expected.size() - 1 : expected.size();
                    assertEquals(expected.subList(0, length), found, "scale " + scale + ", prompt " + prompt);
                    cases++;
                }
                default -> {}
            }
        }
        assertEquals(36, cases);
    }

    private static List<Integer> prompt(int length, int seed) {
        Random random = new Random(seed);
        return IntStream.range(0, length)
                .mapToObj(i -> 4 + random.nextInt(VOCABULARY - 4))
                .toList();
    }

    private static List<float[]> logits(List<Integer> prompt, List<Integer> answer) {
        List<Integer> tokens = new ArrayList<>(prompt);
        tokens.addAll(answer);
        List<float[]> rows = new ArrayList<>();
        engine.evaluate(
                tokens.stream().mapToInt(Integer::intValue).toArray(),
                prompt.size() - 1,
                (position, row) -> rows.add(row.clone()));
        return rows;
    }

    /** Checks an answer against a sampler that gets both rows of each place from passes of their own. */
    private static void check(
            SamplingParams params, List<Integer> prompt, List<Integer> negative, Answer answer, int choice) {
        List<float[]> rows = logits(prompt, answer.tokens());
        List<float[]> away = logits(negative, answer.tokens());
        Sampler sampler = new Sampler(params, VOCABULARY, new int[] {END}, 0, choice);
        sampler.prompt(prompt.stream().mapToInt(Integer::intValue).toArray(), prompt.size());
        for (int i = 0; i < answer.tokens().size(); i++) {
            assertEquals(answer.tokens().get(i), sampler.next(rows.get(i), away.get(i)), "token " + i);
        }
        if (answer.finishReason() == FinishReason.STOP) {
            assertEquals(END, sampler.next(rows.getLast(), away.getLast()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 48, 49, 64, 65, 130})
    void eachChoiceIsDrawnFromTheGuidedLawOfItsOwn(int length) {
        for (int negativeLength : new int[] {1, 47, 48, 100}) {
            List<Integer> prompt = prompt(length, length);
            List<Integer> negative = prompt(negativeLength, 99);
            Request request = Request.tokens(prompt).with(DRAWN).withNegativePrompt(Request.tokens(negative));
            List<Answer> answers =
                    engine.submit(request.withN(3).withPromptLogprobs(0)).answers();
            for (int choice = 0; choice < 3; choice++) {
                check(DRAWN, prompt, negative, answers.get(choice), choice);
            }
            Generation alone = engine.submit(request);
            assertEquals(answers.getFirst(), alone.answers().getFirst());
            assertEquals(0, alone.metrics().draftedTokens());
        }
    }

    @Test
    void formsAndGuidanceGoTogether() {
        SamplingParams params = DRAWN.toBuilder()
                .constraint(Grammar.regex("AAB=[0-9]{2}:CC[0-9]{3}"))
                .build();
        Request request = Request.tokens(prompt(50, 1)).withNegativePrompt(Request.tokens(prompt(70, 2)));
        for (SamplingParams each : List.of(
                params,
                SamplingParams.builder()
                        .guidanceScale(2)
                        .seed(3)
                        .constraint(params.constraint().orElseThrow())
                        .build())) {
            Answer answer = engine.submit(request.with(each)).answers().getFirst();
            assertTrue(answer.text().matches("AAB=[0-9]{2}:CC[0-9]{3}"), answer::toString);
        }
    }

    @Test
    void answersTogetherAreThoseOfEachAlone() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(Request.tokens(prompt(40 + 20 * i, i))
                    .with(DRAWN)
                    .withNegativePrompt(Request.tokens(prompt(90 - 15 * i, i + 50)))
                    .withN(1 + i % 3));
            requests.add(Request.tokens(prompt(40 + 20 * i, i))
                    .with(DRAWN.toBuilder().guidanceScale(1).build()));
        }
        List<List<Answer>> alone =
                requests.stream().map(each -> engine.submit(each).answers()).toList();
        List<Generation> together = requests.stream().map(engine::submit).toList();
        for (int i = 0; i < requests.size(); i++) {
            assertEquals(alone.get(i), together.get(i).answers());
        }
        assertNotEquals(
                alone.get(0).getFirst().tokens(), alone.get(1).getFirst().tokens());
    }

    @Test
    void endsWhereTheLongerPromptMeetsTheContext() {
        SamplingParams endless = SamplingParams.GREEDY.toBuilder()
                .guidanceScale(1.2)
                .ignoreEos(true)
                .build();
        Generation generation = engine.submit(
                Request.tokens(prompt(10, 1)).with(endless).withNegativePrompt(Request.tokens(prompt(250, 2))));
        assertEquals(FinishReason.LENGTH, generation.await());
        assertEquals(6, generation.tokens().length);
        Generation cancelled = engine.submit(
                Request.tokens(prompt(10, 1)).with(endless).withNegativePrompt(Request.tokens(prompt(30, 2))));
        while (cancelled.metrics().tokens() < 3) {
            Thread.onSpinWait();
        }
        cancelled.cancel();
        cancelled.await();
    }

    @Test
    void itsChoicesAreExplained() {
        List<Choice> choices = new ArrayList<>();
        engine.submit(Request.tokens(prompt(33, 1))
                        .with(DRAWN)
                        .withNegativePrompt(Request.tokens(prompt(20, 2)))
                        .watched(5, choices::add))
                .await();
        List<String> stages = choices.getFirst().explanation().stages().stream()
                .map(StageReport::stage)
                .toList();
        assertEquals(
                List.of("model", "guidance", "presence_penalty and frequency_penalty", "temperature", "top_k"), stages);
    }

    @Test
    void refusesWhatContradicts() {
        Request request = Request.tokens(prompt(5, 1));
        Request negative = Request.tokens(prompt(3, 2));
        refuses("negative_prompt is given, but guidance_scale is 1", request.withNegativePrompt(negative));
        refuses(
                "n is 5, guided, so two sequences each, and the engine runs at most 8",
                request.with(DRAWN).withN(5));
        refuses("guidance_scale is set, which a search", request.with(GREEDY).withBeams(BeamParams.of(2)));
        refuses(
                "The negative prompt has 256 tokens",
                request.with(GREEDY).withNegativePrompt(Request.tokens(prompt(256, 3))));
        refuses("The negative prompt has 0 tokens", request.with(GREEDY).withNegativePrompt(Request.tokens(List.of())));
    }

    private static void refuses(String message, Request request) {
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> engine.submit(request));
        assertTrue(
                refusal instanceof InvalidInputException || refusal instanceof InvalidSamplingException,
                refusal::toString);
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(message), refusal::toString);
    }
}
