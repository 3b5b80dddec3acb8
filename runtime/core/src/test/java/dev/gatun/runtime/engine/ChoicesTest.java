package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.sampler.InvalidSamplingException;
import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;
import dev.gatun.sampler.constraint.Grammar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
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

/** Several answers from one prefill, beams and log-probabilities, against passes over whole sequences from scratch. */
class ChoicesTest {
    private static final int VOCABULARY = 48;
    private static final int END = 2;
    private static final SamplingParams SAMPLED =
            SamplingParams.builder().seed(11).maxTokens(40).build();

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
                        .withSequences(12));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @AfterEach
    void allPagesAreFree() {
        assertEquals(0, engine.stats().heldPages());
    }

    private static List<Integer> prompt(int length) {
        Random random = new Random(length);
        return IntStream.range(0, length)
                .mapToObj(i -> 4 + random.nextInt(VOCABULARY - 4))
                .toList();
    }

    private static int[] array(List<Integer> tokens) {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The logits behind each token, from a pass of their own. */
    private static List<float[]> logits(List<Integer> tokens) {
        List<float[]> rows = new ArrayList<>();
        engine.evaluate(array(tokens), 0, (position, row) -> rows.add(row.clone()));
        return rows;
    }

    private static double logprob(float[] row, int token) {
        double mass = 0;
        for (float logit : row) {
            mass += Math.exp(logit);
        }
        return row[token] - Math.log(mass);
    }

    private static List<Integer> joined(List<Integer> first, List<Integer> second) {
        List<Integer> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 33, 63, 64, 65, 130})
    void eachChoiceIsWhatItsOwnRandomNumbersDrawFromScratch(int promptLength) {
        List<Integer> prompt = prompt(promptLength);
        List<Answer> answers =
                engine.submit(Request.tokens(prompt).with(SAMPLED).withN(5)).answers();
        assertEquals(5, answers.size());
        for (int choice = 0; choice < 5; choice++) {
            Answer answer = answers.get(choice);
            List<float[]> rows = logits(joined(prompt, answer.tokens()));
            Sampler sampler = new Sampler(SAMPLED, VOCABULARY, new int[] {END}, 0, choice);
            sampler.prompt(array(prompt), promptLength);
            for (int i = 0; i < answer.tokens().size(); i++) {
                assertEquals(answer.tokens().get(i), sampler.next(rows.get(promptLength - 1 + i)), "token " + i);
            }
            assertEquals(
                    answer.finishReason() == FinishReason.LENGTH,
                    answer.tokens().size() == 40);
            if (answer.finishReason() == FinishReason.STOP) {
                assertEquals(END, sampler.next(rows.getLast()));
            }
        }
        assertTrue(new HashSet<>(answers).size() > 1);
    }

    @Test
    void theFirstChoiceIsTheOneThatIsSampledAlone() {
        Request request = Request.tokens(prompt(70)).with(SAMPLED);
        Generation alone = engine.submit(request);
        Generation several = engine.submit(request.withN(4));
        StringBuilder streamed = new StringBuilder();
        several.forEach(streamed::append);
        assertEquals(alone.text(), streamed.toString());
        assertEquals(alone.answers().getFirst(), several.answers().getFirst());
    }

    @Test
    void choicesCostOnePrefillAndShareItsFullPages() {
        SamplingParams endless =
                SAMPLED.toBuilder().ignoreEos(true).maxTokens(8).build();
        Request request = Request.tokens(prompt(200)).with(endless);
        Generation single = engine.submit(request);
        single.await();
        long one = single.metrics().kvBytes() / 4; // 208 tokens
        Generation several =
                engine.submit(Request.tokens(prompt(201)).with(endless).withN(6));
        several.await();
        assertEquals(
                201 - several.metrics().cachedTokens(),
                several.metrics().prefill().rows());
        assertEquals(6 * 8, several.metrics().tokens());
        assertEquals(7, several.metrics().decode().steps());
        assertEquals(6 * 7, several.metrics().decode().rows());
        assertEquals((3 + 6) * one, several.metrics().kvBytes());
    }

    @Test
    void guessesChangeNoChoice(@TempDir Path folder) {
        SamplingParams repetitive =
                SAMPLED.toBuilder().temperature(0.4).maxTokens(60).build();
        Request request = Request.tokens(prompt(40)).with(repetitive).withN(3).withPromptLogprobs(0);
        EngineOptions options = EngineOptions.DEFAULTS
                .withActivations(Activations.F32)
                .withKvType(DType.F32)
                .withThreads(1)
                .withSequences(3)
                .withDraftTokens(4);
        try (Engine guessing = BeamGoldens.open(folder, options)) {
            Generation generation = guessing.submit(request);
            assertEquals(engine.submit(request).answers(), generation.answers());
            assertTrue(generation.metrics().acceptedTokens() > 0, generation.metrics()::toString);
            assertEquals(0, guessing.stats().heldPages());
        }
    }

    @Test
    void aConstraintHoldsForEveryChoice() {
        SamplingParams constrained = SAMPLED.toBuilder()
                .constraint(Grammar.regex("AAB=[0-9]{2}:CC[0-9]{3}"))
                .build();
        Request request = Request.tokens(prompt(63)).with(constrained).withN(6);
        List<Answer> answers = engine.submit(request).answers();
        for (Answer answer : answers) {
            assertTrue(answer.text().matches("AAB=[0-9]{2}:CC[0-9]{3}"), answer::toString);
            assertEquals(FinishReason.STOP, answer.finishReason());
        }
        assertTrue(new HashSet<>(answers).size() > 1);
        assertEquals(answers, engine.submit(request).answers());
    }

    @Test
    void bestOfReturnsTheLikeliestOfAll() {
        Request request = Request.tokens(prompt(33)).with(SAMPLED);
        List<Answer> all = new ArrayList<>(engine.submit(
                        request.with(SAMPLED.toBuilder().logprobs(0).build()).withN(9))
                .answers());
        all.sort(Comparator.comparingDouble((Answer each) -> -each.score().orElseThrow()));
        Generation generation = engine.submit(request.withN(3).withBestOf(9));
        List<Answer> best = generation.answers();
        assertEquals(
                all.subList(0, 3).stream().map(Answer::tokens).toList(),
                best.stream().map(Answer::tokens).toList());
        assertEquals(all.get(2).score(), best.get(2).score());
        assertEquals(best.getFirst().text(), generation.text());
        assertEquals(best.getFirst().text(), generation.next().orElse(""));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 65, 130})
    void logprobsAreThoseOfAPassFromScratch(int promptLength) {
        List<Integer> prompt = prompt(promptLength);
        Generation generation = engine.submit(Request.tokens(prompt)
                .with(SAMPLED.toBuilder().logprobs(5).build())
                .withPromptLogprobs(3));
        Answer answer = generation.answers().getFirst();
        List<Integer> tokens = joined(prompt, answer.tokens());
        List<float[]> rows = logits(tokens);
        List<TokenLogprobs> all = new ArrayList<>(generation.promptLogprobs());
        assertEquals(promptLength - 1, all.size());
        assertEquals(answer.logprobs(), generation.logprobs());
        all.addAll(answer.logprobs());
        assertEquals(tokens.size() - 1, all.size());
        double sum = 0;
        for (int i = 0; i < all.size(); i++) {
            float[] row = rows.get(i);
            TokenLogprobs each = all.get(i);
            assertEquals(tokens.get(i + 1), each.token());
            assertEquals(logprob(row, each.token()), each.logprob(), 1e-12);
            assertEquals(i < promptLength - 1 ? 3 : 5, each.top().size());
            sum += i < promptLength - 1 ? 0 : each.logprob();
            double before = 0;
            for (TokenLogprobs.Entry entry : each.top()) {
                assertEquals(logprob(row, entry.token()), entry.logprob(), 1e-12);
                assertTrue(entry.logprob() <= before);
                before = entry.logprob();
            }
            double best = logprob(row, each.top().getFirst().token());
            for (int token = 0; token < VOCABULARY; token++) {
                assertTrue(logprob(row, token) <= best);
            }
        }
        sum += answer.finishReason() == FinishReason.STOP ? logprob(rows.getLast(), END) : 0;
        assertEquals(sum, answer.score().orElseThrow(), 1e-9);
    }

    @Test
    void promptLogprobsNeedNoAnswer() {
        Generation generation = engine.submit(Request.tokens(prompt(100))
                .with(SamplingParams.GREEDY.toBuilder().maxTokens(0).build())
                .withPromptLogprobs(0));
        assertEquals(FinishReason.LENGTH, generation.await());
        assertEquals(0, generation.tokens().length);
        assertEquals(99, generation.promptLogprobs().size());
        assertEquals(List.of(), generation.promptLogprobs().getFirst().top());
    }

    @Test
    void withoutBeingAskedForThereAreNone() {
        Generation generation = engine.submit(Request.tokens(prompt(5)).with(SAMPLED));
        Answer answer = generation.answers().getFirst();
        assertEquals(List.of(), answer.logprobs());
        assertTrue(answer.score().isEmpty());
        assertEquals(List.of(), generation.promptLogprobs());
    }

    @Test
    void beamsShareWhatTheyHaveInCommon() {
        SamplingParams params =
                SamplingParams.GREEDY.toBuilder().maxTokens(6).ignoreEos(true).build();
        Generation one = engine.submit(Request.tokens(prompt(202)).with(params));
        one.await();
        long page = one.metrics().kvBytes() / 4;
        Generation beams =
                engine.submit(Request.tokens(prompt(203)).with(params).withBeams(BeamParams.of(8)));
        beams.await();
        assertTrue(beams.metrics().kvBytes() <= (3 + 8) * page, beams.metrics()::toString);
        assertEquals(5, beams.metrics().decode().steps());
        assertEquals(5 * 8, beams.metrics().decode().rows());
    }

    @Test
    void aBeamsScoreIsThatOfAPassFromScratch() {
        List<Integer> prompt = prompt(60);
        BeamParams beams = BeamParams.of(6).withNumReturnSequences(6).withLengthPenalty(0.5);
        List<Answer> answers = engine.submit(Request.tokens(prompt)
                        .with(SamplingParams.GREEDY.toBuilder().maxTokens(30).build())
                        .withBeams(beams))
                .answers();
        assertEquals(6, answers.size());
        for (Answer answer : answers) {
            List<float[]> rows = logits(joined(prompt, answer.tokens()));
            double sum = 0;
            int length = answer.tokens().size();
            for (int i = 0; i < length; i++) {
                sum += logprob(rows.get(59 + i), answer.tokens().get(i));
            }
            if (answer.finishReason() == FinishReason.STOP) {
                sum += logprob(rows.getLast(), END);
                length++;
            }
            assertEquals(sum / Math.sqrt(length), answer.score().orElseThrow(), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void logprobsOfBeamsAreThoseOfAPassFromScratch(boolean processed) {
        List<Integer> prompt = prompt(61);
        SamplingParams params = SamplingParams.GREEDY.toBuilder()
                .maxTokens(20)
                .repetitionPenalty(1.2)
                .logprobs(3)
                .processedLogprobs(processed)
                .build();
        BeamParams beams = BeamParams.of(6).withGroups(2, 0.8).withNumReturnSequences(6);
        List<Answer> answers = engine.submit(Request.tokens(prompt).with(params).withBeams(beams))
                .answers();
        int different = 0;
        for (Answer answer : answers) {
            assertEquals(answer.tokens().size(), answer.logprobs().size());
            List<float[]> rows = logits(joined(prompt, answer.tokens()));
            for (int i = 0; i < answer.tokens().size(); i++) {
                TokenLogprobs each = answer.logprobs().get(i);
                float[] row = rows.get(prompt.size() - 1 + i);
                assertEquals(answer.tokens().get(i), each.token());
                assertEquals(3, each.top().size());
                double raw = logprob(row, each.token());
                if (processed) {
                    different += Math.abs(raw - each.logprob()) > 1e-3 ? 1 : 0;
                } else {
                    assertEquals(raw, each.logprob(), 1e-5);
                    each.top().forEach(entry -> assertEquals(logprob(row, entry.token()), entry.logprob(), 1e-5));
                    double best = each.top().getFirst().logprob();
                    for (int token = 0; token < VOCABULARY; token++) {
                        assertTrue(logprob(row, token) <= best + 1e-5);
                    }
                }
            }
            if (processed && answer.finishReason() == FinishReason.LENGTH) {
                double sum = answer.logprobs().stream()
                        .mapToDouble(TokenLogprobs::logprob)
                        .sum();
                assertEquals(sum / 20, answer.score().orElseThrow(), 1e-5);
            }
        }
        assertEquals(processed, different > 0);
    }

    @Test
    void everyBeamHoldsItsConstraint() {
        String form = "AAB=[0-9]{2}:CC[0-9]{3}";
        SamplingParams params = SamplingParams.GREEDY.toBuilder()
                .constraint(Grammar.regex(form))
                .build();
        BeamParams beams = BeamParams.of(8).withNumReturnSequences(8);
        List<Answer> answers = engine.submit(
                        Request.tokens(prompt(63)).with(params).withBeams(beams))
                .answers();
        assertEquals(8, new HashSet<>(answers).size());
        for (Answer answer : answers) {
            assertTrue(answer.text().matches(form), answer::toString);
            assertEquals(FinishReason.STOP, answer.finishReason());
        }
        SamplingParams cut = params.toBuilder().maxTokens(5).build();
        Answer half = engine.submit(Request.tokens(prompt(63)).with(cut).withBeams(beams))
                .answers()
                .getFirst();
        assertEquals("AAB=", half.text().substring(0, 4));
        assertEquals(FinishReason.LENGTH, half.finishReason());
    }

    @Test
    void stopStringsOfBeamsCountOnlyBehindTheLeastTokens() {
        List<String> every = IntStream.range(0x21, 0x21 + 44)
                .mapToObj(c -> Character.toString((char) c))
                .toList();
        for (int least : new int[] {0, 1, 5}) {
            SamplingParams params = SamplingParams.GREEDY.toBuilder()
                    .stop(every)
                    .minTokens(least)
                    .suppressTokens(List.of(0, 1, 2, 3))
                    .build();
            List<Answer> answers = engine.submit(Request.tokens(prompt(40))
                            .with(params)
                            .withBeams(BeamParams.of(3).withNumReturnSequences(3)))
                    .answers();
            for (Answer answer : answers) {
                assertEquals(least + 1, answer.tokens().size());
                assertEquals(least, answer.text().length());
                assertEquals(FinishReason.STOP, answer.finishReason());
            }
        }
    }

    @Test
    void oneBeamIsGreedy() {
        Request request = Request.tokens(prompt(20))
                .with(SamplingParams.GREEDY.toBuilder().maxTokens(30).build());
        assertEquals(
                engine.submit(request).answers(),
                engine.submit(request.withBeams(BeamParams.of(1).withLengthPenalty(2)))
                        .answers());
    }

    @Test
    void allKindsAtOnceSayWhatEachSaysAlone() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Request request = Request.tokens(prompt(60 + i));
            requests.add(request.with(SAMPLED));
            requests.add(request.with(SAMPLED).withN(2).withBestOf(3 + i));
            requests.add(request.with(SAMPLED).withPromptLogprobs(1).withN(5));
            requests.add(request.with(
                            SamplingParams.GREEDY.toBuilder().maxTokens(30).build())
                    .withBeams(BeamParams.of(4 + 2 * i).withGroups(2, 0.5).withNumReturnSequences(3)));
        }
        List<List<Answer>> alone = requests.stream()
                .map(request -> engine.submit(request).answers())
                .toList();
        List<Generation> together = requests.stream().map(engine::submit).toList();
        for (int i = 0; i < requests.size(); i++) {
            assertEquals(alone.get(i), together.get(i).answers());
        }
        together.forEach(Generation::await);
    }

    @Test
    void cancellingASearchFreesItsPagesAndGivesWhatHadEnded() {
        SamplingParams endless =
                SamplingParams.GREEDY.toBuilder().ignoreEos(true).build();
        Generation generation =
                engine.submit(Request.tokens(prompt(50)).with(endless).withBeams(BeamParams.of(12)));
        while (generation.metrics().tokens() == 0) {
            Thread.onSpinWait();
        }
        generation.cancel();
        assertEquals(FinishReason.CANCELLED, generation.await());
        assertFalse(generation.answers().isEmpty());
    }

    @Test
    void aSearchWithoutAnyTokenFailsWithTheReason() {
        SamplingParams none = SamplingParams.GREEDY.toBuilder()
                .suppressTokens(IntStream.range(0, VOCABULARY).boxed().toList())
                .build();
        Generation generation =
                engine.submit(Request.tokens(prompt(5)).with(none).withBeams(BeamParams.of(2)));
        var failure = assertThrows(GenerationException.class, generation::await);
        assertTrue(String.valueOf(failure.getMessage()).startsWith("No beam can go on"), failure::toString);
    }

    @Test
    void refusesWhatContradictsByName() {
        Request greedy = Request.tokens(List.of(5));
        Request sampled = greedy.with(SAMPLED);
        refuses("n is 3, but temperature 0 gives the same answer each time", greedy.withN(3));
        refuses("best_of is 2, but temperature 0", greedy.withBestOf(2));
        refuses(
                "best_of is 2, which is fewer than the 3 answers of n",
                sampled.withN(3).withBestOf(2));
        refuses("n is 0; expected 1 to 1024", sampled.withN(0));
        refuses("n is 13 and the engine runs at most 12 sequences", sampled.withN(13));
        refuses("best_of is 13 and the engine runs", sampled.withBestOf(13));
        refuses("num_beams is 13 and the engine runs", greedy.withBeams(BeamParams.of(13)));
        refuses(
                "n is 2, which samples; a search with num_beams",
                greedy.withN(2).withBeams(BeamParams.of(2)));
        refuses("best_of is 1, which samples; num_beams", greedy.withBestOf(1).withBeams(BeamParams.of(2)));
        refuses("prompt_logprobs is 21; expected 0 to 20", greedy.withPromptLogprobs(21));
        refuses("temperature=1.0 samples, but num_beams", sampled.withBeams(BeamParams.of(2)));
        refuses(
                "processors is set, which a search with num_beams can not heed: it may hold the state",
                greedy.with(SamplingParams.GREEDY.toBuilder()
                                .processors(List.of(() -> (logits, history) -> {}))
                                .build())
                        .withBeams(BeamParams.of(2)));
        refuses(
                "num_return_sequences=3 is above",
                greedy.withBeams(BeamParams.of(2).withNumReturnSequences(3)));
    }

    private static void refuses(String message, Request request) {
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> engine.submit(request));
        assertTrue(
                refusal instanceof InvalidInputException || refusal instanceof InvalidSamplingException,
                refusal::toString);
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(message), refusal::toString);
    }
}
