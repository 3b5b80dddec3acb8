package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.TestData;
import dev.gatun.sampler.Mirostat;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.Xtc;
import dev.gatun.sampler.constraint.Grammar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A draft model changes how many steps an answer takes and nothing else, however good or bad its guesses are. */
class DraftModelTest {
    private static final int DATA_BYTES = 80_000; // at the end of the file: weights
    private static final SamplingParams GREEDY =
            SamplingParams.GREEDY.toBuilder().maxTokens(60).build();
    private static final SamplingParams DRAWN = SamplingParams.builder()
            .seed(7)
            .topK(20)
            .topP(0.95)
            .frequencyPenalty(0.2)
            .maxTokens(60)
            .build();

    @TempDir
    private static Path folder;

    private static Path model;
    private static Path relative; // the same model with other weights, not far from it
    private static Engine plain;
    private static Engine itself; // with the same model as its draft
    private static Engine drafted; // with the relative

    @BeforeAll
    static void open() throws IOException {
        plain = BeamGoldens.open(folder, options());
        model = folder.resolve("beams.gguf");
        relative = folder.resolve("relative.gguf");
        Files.write(relative, disturbed(Files.readAllBytes(model), 0.15));
        itself = Engine.open(model, options().withDraftModel(model, 4));
        drafted = Engine.open(model, options().withPrefillChunk(40).withDraftModel(relative, 3));
    }

    private static EngineOptions options() {
        return EngineOptions.DEFAULTS
                .withActivations(Activations.F32)
                .withKvType(DType.F32)
                .withThreads(1)
                .withSequences(8);
    }

    private static byte[] disturbed(byte[] file, double share) {
        Random random = new Random(3);
        ByteBuffer floats = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = file.length - DATA_BYTES; at < file.length; at += Float.BYTES) {
            floats.putFloat(at, (float) (floats.getFloat(at) * (1 + share * random.nextGaussian())));
        }
        return file;
    }

    @AfterAll
    static void close() {
        plain.close();
        itself.close();
        drafted.close();
    }

    @AfterEach
    void allPagesAreFree() {
        assertEquals(0, drafted.stats().heldPages());
        assertEquals(0, itself.stats().heldPages());
    }

    private static List<Integer> prompt(int length) {
        Random random = new Random(length);
        return IntStream.range(0, length).mapToObj(i -> 4 + random.nextInt(44)).toList();
    }

    private static List<Request> requests() {
        List<Request> requests = new ArrayList<>();
        for (int length : new int[] {1, 33, 64, 129, 180}) {
            Request request = Request.tokens(prompt(length));
            requests.add(request.with(GREEDY));
            requests.add(request.with(DRAWN));
            requests.add(request.with(DRAWN.toBuilder()
                            .ignoreEos(true)
                            .maxTokens(1 + length % 5)
                            .build())
                    .withN(3));
            requests.add(request.with(DRAWN.toBuilder()
                            .logprobs(2)
                            .stop("A", "3")
                            .minTokens(3)
                            .build())
                    .withBestOf(2)
                    .withPromptLogprobs(0));
            requests.add(request.with(DRAWN.toBuilder()
                    .repetitionPenalty(1.3)
                    .noRepeatNgramSize(2)
                    .build()));
            requests.add(request.with(SamplingParams.builder()
                    .seed(length)
                    .mirostat(new Mirostat(1 + length % 2, 3, 0.1))
                    .maxTokens(30)
                    .build()));
            requests.add(request.with(SamplingParams.builder()
                    .seed(length)
                    .xtc(new Xtc(0.5, 0.1))
                    .typicalP(0.9)
                    .maxTokens(30)
                    .build()));
            requests.add(request.with(
                    SamplingParams.GREEDY.toBuilder().ignoreEos(true).build())); // to the end of the context
        }
        return requests;
    }

    @Test
    void theSameAnswersOneByOneAndTogether() {
        List<Request> requests = requests();
        int drafts = 0;
        int accepted = 0;
        List<Generation> together = requests.stream().map(drafted::submit).toList();
        for (int i = 0; i < requests.size(); i++) {
            List<Answer> expected = plain.submit(requests.get(i)).answers();
            assertEquals(expected, together.get(i).answers(), "request " + i + " among others");
            Generation alone = drafted.submit(requests.get(i));
            assertEquals(expected, alone.answers(), "request " + i);
            assertEquals(expected, itself.submit(requests.get(i)).answers(), "request " + i + " by the model itself");
            drafts += alone.metrics().draftedTokens();
            accepted += alone.metrics().acceptedTokens();
        }
        double rate = (double) accepted / drafts;
        assertTrue(rate > 0.2 && rate < 0.95, "share of right guesses: " + rate);
    }

    @Test
    void theModelsOwnGuessesAreAllRightGreedyOrDrawn() {
        for (SamplingParams params :
                List.of(GREEDY, DRAWN.toBuilder().frequencyPenalty(0).build())) {
            SamplingParams endless =
                    params.toBuilder().ignoreEos(true).maxTokens(61).build();
            Generation generation = itself.submit(Request.tokens(prompt(20)).with(endless));
            generation.await();
            GenerationMetrics metrics = generation.metrics();
            assertEquals(metrics.draftedTokens(), metrics.acceptedTokens(), metrics::toString);
            assertEquals(1, metrics.acceptanceRate());
            assertEquals(12, metrics.decode().steps(), metrics::toString);
            assertEquals(48, metrics.acceptedTokens());
            assertEquals("draft", metrics.draft().name());
            assertTrue(metrics.draft().steps() >= 48 && metrics.draft().rows() >= 48 + 20, metrics::toString);
        }
    }

    @Test
    void drawsFromTheSameLaw() {
        SamplingParams params = SamplingParams.builder()
                .topK(3)
                .temperature(1.3)
                .ignoreEos(true)
                .maxTokens(3)
                .build();
        List<Integer> prompt = prompt(9);
        Map<List<Integer>, Double> law = new HashMap<>();
        enumerate(prompt, new ArrayList<>(), 1, params, law);
        assertEquals(27, law.size());
        assertEquals(1, law.values().stream().mapToDouble(Double::doubleValue).sum(), 1e-12);
        int draws = 1_500;
        Map<List<Integer>, Integer> counts = new HashMap<>();
        List<Generation> generations = new ArrayList<>();
        for (long seed = 0; seed < draws; seed++) {
            generations.add(drafted.submit(
                    Request.tokens(prompt).with(params.toBuilder().seed(seed).build())));
        }
        int accepted = 0;
        for (Generation generation : generations) {
            counts.merge(generation.answers().getFirst().tokens(), 1, Integer::sum);
            accepted += generation.metrics().acceptedTokens();
        }
        double chiSquare = 0;
        for (Map.Entry<List<Integer>, Double> outcome : law.entrySet()) {
            double expected = draws * outcome.getValue();
            double difference = counts.getOrDefault(outcome.getKey(), 0) - expected;
            chiSquare += difference * difference / expected;
        }
        assertEquals(law.keySet(), counts.keySet());
        assertTrue(chiSquare < 75, "chi-square of 26 degrees of freedom (p = 1e-6 at 75): " + chiSquare);
        assertTrue(accepted > draws / 8 && accepted < draws, "right guesses: " + accepted);
    }

    private static void enumerate(
            List<Integer> prompt,
            List<Integer> answer,
            double probability,
            SamplingParams params,
            Map<List<Integer>, Double> law) {
        if (answer.size() == 3) {
            law.put(List.copyOf(answer), probability);
            return;
        }
        List<Integer> tokens = new ArrayList<>(prompt);
        tokens.addAll(answer);
        float[] row = new float[48];
        plain.evaluate(
                tokens.stream().mapToInt(Integer::intValue).toArray(),
                tokens.size() - 1,
                (at, logits) -> System.arraycopy(logits, 0, row, 0, row.length));
        List<Integer> best = IntStream.range(0, row.length)
                .boxed()
                .sorted((a, b) -> Float.compare(row[b], row[a]))
                .limit(params.topK())
                .toList();
        double mass = best.stream()
                .mapToDouble(token -> Math.exp(row[token] / params.temperature()))
                .sum();
        for (int token : best) {
            answer.add(token);
            double share = Math.exp(row[token] / params.temperature()) / mass;
            enumerate(prompt, answer, probability * share, params, law);
            answer.removeLast();
        }
    }

    @Test
    void cancelsWithoutALeak() {
        SamplingParams endless =
                DRAWN.toBuilder().ignoreEos(true).maxTokens(180).build();
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            generations.add(
                    drafted.submit(Request.tokens(prompt(60 + i)).with(endless).withN(1 + i % 3)));
        }
        while (generations.get(1).metrics().tokens() < 8) {
            Thread.onSpinWait();
        }
        generations.forEach(Generation::cancel);
        generations.forEach(Generation::await);
    }

    @Test
    void constraintsAreAnsweredWithoutGuesses() {
        SamplingParams params = DRAWN.toBuilder()
                .constraint(Grammar.regex("AAB=[0-9]{2}:CC[0-9]{3}"))
                .build();
        Request request = Request.tokens(prompt(63)).with(params);
        Generation generation = drafted.submit(request);
        assertEquals(plain.submit(request).answers(), generation.answers());
        assertEquals(0, generation.metrics().draftedTokens());
    }

    @Test
    void beginningsAreSharedByTheDraftModelToo() {
        SamplingParams few = GREEDY.toBuilder().maxTokens(4).build();
        Request request = Request.tokens(prompt(200)).with(few);
        Generation first = drafted.submit(request);
        List<Answer> answers = first.answers();
        Generation second = drafted.submit(request);
        assertEquals(answers, second.answers());
        assertTrue(first.metrics().draft().rows() >= 199, () -> first.metrics().toString());
        assertTrue(
                second.metrics().draft().rows() < 199 - 128,
                () -> second.metrics().toString());
    }

    @Test
    void refusesAModelOfOtherTokens() throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        int at = indexOf(bytes, "<end>");
        bytes[at + 1] = 'E';
        Path other = folder.resolve("other.gguf");
        Files.write(other, bytes);
        assertEquals(
                "The draft model 'random beams' can not guess for 'random beams': token 3 is '<End>' in it and '<end>' in"
                        + " the other; take a smaller model of the same family.",
                refusal(model, other));
        assertEquals(
                "The draft model 'random beams' can not guess for 'Smollm2 135M 8k Lc100K Mix1 Ep2': it has 48 tokens and"
                        + " the other 49152; take a smaller model of the same family.",
                refusal(TestData.smollm2(), model));
        assertEquals(
                "draft_model is " + model
                        + ", but draft_tokens is 0, so that it would guess nothing; set draft_tokens to" + " 1 to 64.",
                String.valueOf(assertThrows(
                                InvalidInputException.class, () -> options().withDraftModel(model, 0))
                        .getMessage()));
    }

    private static String refusal(Path target, Path draft) {
        var refusal = assertThrows(
                InvalidInputException.class,
                () -> Engine.open(target, options().withContext(64).withDraftModel(draft, 2))
                        .close());
        return String.valueOf(refusal.getMessage());
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void itsMemoryCounts() {
        EngineOptions vast = EngineOptions.DEFAULTS.withSequences(4_096);
        String alone = lacking(vast);
        String both = lacking(vast.withDraftModel(model, 1));
        assertTrue(both.contains(", of which the draft model 1, key-value cache "), both);
        assertTrue(megabytes(both) > megabytes(alone), () -> alone + both);
    }

    private static String lacking(EngineOptions options) {
        Path smollm2 = TestData.smollm2();
        return String.valueOf(assertThrows(
                        MissingCapabilityException.class,
                        () -> Engine.open(smollm2, options).close())
                .getMessage());
    }

    private static long megabytes(String message) {
        return Long.parseLong(message.replaceAll(".*needs about (\\d+) MB.*", "$1"));
    }
}
