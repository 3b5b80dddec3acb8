package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int[] NO_ENDS = {};

    private static Sampler greedy(SamplingParams.Builder options, int vocabulary, int... ends) {
        return new Sampler(options.temperature(0).build(), vocabulary, ends, 0, 0);
    }

    @Test
    void greedyTakesTheLowestOfEquals() {
        var sampler = greedy(SamplingParams.builder(), 5);
        assertEquals(1, sampler.next(new float[] {1, 3, 2, 3, 3}));
        assertEquals(0, sampler.next(new float[] {-0f, 0, -1, 0, -0f}));
        assertEquals(4, sampler.next(new float[] {-5, -4, -3, -2, -1}));
    }

    @Test
    void greedyFindsTheBestOfLongRows() {
        var random = new Random(1);
        for (int vocabulary : new int[] {1, 63, 64, 65, 207, 49_152}) {
            float[] row = LawTest.gaussian(random, vocabulary, 2);
            int best = random.nextInt(vocabulary);
            row[best] = 100;
            assertEquals(best, greedy(SamplingParams.builder(), vocabulary).next(row));
        }
    }

    @Test
    void theRepetitionPenaltyAppliesOncePerToken() {
        var params = SamplingParams.builder().repetitionPenalty(2).build();
        float[] row = {4, -1, 3, 0};
        double[] law = Laws.of(params, row, new int[] {0, 0, 1}, new int[] {0, 3});
        assertArrayEquals(new NaiveLaw(new float[] {2, -2, 3, 0}).law(), law, 1e-12);
    }

    @Test
    void presenceAndFrequencyCountOnlyWhatWasGenerated() {
        var params = SamplingParams.builder()
                .presencePenalty(0.5)
                .frequencyPenalty(0.25)
                .build();
        float[] row = {4, -1, 3, 0};
        double[] law = Laws.of(params, row, new int[] {0, 0, 1}, new int[] {0, 2, 2});
        assertArrayEquals(new NaiveLaw(new float[] {3.25f, -1, 2, 0}).law(), law, 1e-12);
        double[] all =
                Laws.of(params.toBuilder().countPrompt(true).build(), row, new int[] {0, 0, 1}, new int[] {0, 2, 2});
        assertArrayEquals(new NaiveLaw(new float[] {2.75f, -1.75f, 2, 0}).law(), all, 1e-12);
    }

    @Test
    void penaltiesLookAtTheirWindowOnly() {
        var params =
                SamplingParams.builder().repetitionPenalty(2).repeatLastN(2).build();
        float[] row = {4, 4, 4, 4};
        double[] law = Laws.of(params, row, new int[] {0, 1}, new int[] {2, 3});
        assertArrayEquals(new NaiveLaw(new float[] {4, 4, 2, 2}).law(), law, 1e-12);
        var off = params.toBuilder().repeatLastN(0).build();
        assertArrayEquals(new NaiveLaw(row).law(), Laws.of(off, row, new int[] {0}, new int[] {2}), 1e-12);
    }

    @Test
    void windowedCountsEqualThoseOfTheWindow() {
        var random = new Random(9);
        for (int window : new int[] {1, 7, 64, 300}) {
            var history = new History(window, true);
            var prompt = random.ints(200, 0, 90).toArray();
            history.prompt(prompt, prompt.length);
            for (int n = 0; n < 500; n++) {
                history.add(random.nextInt(90));
                if (n % 50 == 0) {
                    compareCounts(history, window);
                }
            }
        }
    }

    private static void compareCounts(History history, int window) {
        var counts = new int[90];
        var generated = new int[90];
        for (int i = Math.max(0, history.length() - window); i < history.length(); i++) {
            counts[history.token(i)]++;
            generated[history.token(i)] += i >= 200 ? 1 : 0;
        }
        var found = new int[90];
        var foundGenerated = new int[90];
        TokenCounts actual = history.counts();
        for (int entry = 0; entry < actual.size(); entry++) {
            found[actual.token(entry)] += actual.count(entry);
            foundGenerated[actual.token(entry)] += actual.generated(entry);
        }
        assertArrayEquals(counts, found);
        assertArrayEquals(generated, foundGenerated);
    }

    @Test
    void logitBiasIsAdded() {
        var params =
                SamplingParams.builder().logitBias(Map.of(1, 2.5f, 3, -100f)).build();
        assertArrayEquals(
                new NaiveLaw(new float[] {0, 2.5f, 0, -100}).law(), Laws.of(params, new float[] {0, 0, 0, 0}), 1e-12);
    }

    @Test
    void nothingEndsTheSequenceBeforeMinTokens() {
        var options = SamplingParams.builder().minTokens(2).stopTokenIds(List.of(1));
        var sampler = greedy(options.logitBias(Map.of(0, 100f)), 3, 0);
        float[] row = {9, 8, 7};
        assertEquals(2, sampler.next(row));
        assertEquals(2, sampler.next(row));
        assertEquals(0, sampler.next(row));
    }

    @Test
    void endsAreASet() {
        var sampler = greedy(SamplingParams.builder().stopTokenIds(List.of(5)), 9, 7, 2);
        for (int token = 0; token < 9; token++) {
            assertEquals(token == 2 || token == 5 || token == 7, sampler.isEnd(token));
        }
        var ignoring = greedy(SamplingParams.builder().stopTokenIds(List.of(5)).ignoreEos(true), 9, 7, 2);
        assertFalse(ignoring.isEnd(2));
        assertTrue(ignoring.isEnd(5));
    }

    @Test
    void theSameSeedGivesTheSameTokensAlone() {
        float[] row = LawTest.gaussian(new Random(3), 300, 1);
        var params = SamplingParams.builder().build();
        int[] alone = tokens(new Sampler(params, 300, NO_ENDS, 99, 0), row, 50);
        assertArrayEquals(alone, tokens(new Sampler(params, 300, NO_ENDS, 99, 0), row, 50));
        assertFalse(Arrays.equals(alone, tokens(new Sampler(params, 300, NO_ENDS, 99, 1), row, 50)));
        assertFalse(Arrays.equals(alone, tokens(new Sampler(params, 300, NO_ENDS, 98, 0), row, 50)));
        var named = params.toBuilder().seed(99).build();
        assertArrayEquals(alone, tokens(new Sampler(named, 300, NO_ENDS, 1234, 0), row, 50));
    }

    @Test
    void theSameSeedGivesTheSameTokensInAnyBatchOrder() {
        float[] row = LawTest.gaussian(new Random(3), 300, 1);
        var params = SamplingParams.builder().topP(0.9).build();
        int[] alone = tokens(new Sampler(params, 300, NO_ENDS, 99, 2), row, 30);
        var random = new Random(4);
        var samplers = new Sampler[5];
        var drawn = new int[5][30];
        var counts = new int[5];
        for (int i = 0; i < 5; i++) {
            samplers[i] = new Sampler(params, 300, NO_ENDS, 99, i);
        }
        while (counts[2] < 30) {
            int i = random.nextInt(5);
            if (counts[i] < 30) {
                drawn[i][counts[i]++] = samplers[i].next(row);
            }
        }
        assertArrayEquals(alone, drawn[2]);
    }

    @Test
    void theRowIsTheSameBitsAfterwards() {
        float[] row = LawTest.gaussian(new Random(8), 5000, 5);
        row[17] = Float.NEGATIVE_INFINITY;
        row[18] = -0f;
        row[19] = Float.MIN_VALUE;
        float[] before = row.clone();
        var params = SamplingParams.builder()
                .repetitionPenalty(1.3)
                .frequencyPenalty(0.7)
                .presencePenalty(-1)
                .logitBias(Map.of(17, 3f, 18, 4f, 19, 5f, 20, -100f))
                .minTokens(100)
                .topP(0.9)
                .minP(0.01)
                .build();
        var sampler = new Sampler(params, 5000, new int[] {18, 20, 21}, 1, 0);
        sampler.prompt(new int[] {17, 18, 19, 20, 20}, 5);
        for (int i = 0; i < 200; i++) {
            sampler.next(row);
            assertSameBits(before, row);
        }
    }

    @Test
    void aRowThatIsNotANumberFails() {
        float[] row = {1, Float.intBitsToFloat(0x7fc12345), 3};
        float[] before = row.clone();
        var failure = assertThrows(
                InvalidLogitsException.class,
                () -> greedy(SamplingParams.builder(), 3).next(row));
        assertEquals(InvalidLogitsException.Kind.NAN, failure.kind());
        assertEquals("invalid_logits", failure.kind().code());
        assertEquals("logit of token 1 is not a number; it comes from the model", failure.getMessage());
        assertSameBits(before, row);
    }

    @Test
    void maskingDoesNotHideABrokenRow() {
        var sampler = greedy(SamplingParams.builder().minTokens(1), 3, 1);
        float[] row = {1, Float.NaN, 3};
        assertThrows(InvalidLogitsException.class, () -> sampler.next(row));
        row[1] = Float.POSITIVE_INFINITY;
        assertThrows(InvalidLogitsException.class, () -> sampler.next(row));
        row[1] = Float.NEGATIVE_INFINITY;
        assertEquals(2, sampler.next(row));
    }

    @Test
    void anInfiniteLogitFails() {
        var failure = assertThrows(
                InvalidLogitsException.class,
                () -> new Sampler(SamplingParams.builder().build(), 3, NO_ENDS, 0, 0)
                        .next(new float[] {1, 2, Float.POSITIVE_INFINITY}));
        assertEquals(InvalidLogitsException.Kind.POSITIVE_INFINITY, failure.kind());
        assertEquals("logit of token 2 is infinite; it comes from the model", failure.getMessage());
    }

    @Test
    void anOverflowingEditIsNamed() {
        var sampler = greedy(SamplingParams.builder().repetitionPenalty(0.01), 3);
        sampler.prompt(new int[] {1}, 1);
        var failure =
                assertThrows(InvalidLogitsException.class, () -> sampler.next(new float[] {1, Float.MAX_VALUE, 3}));
        assertEquals("logit of token 1 is infinite; it comes from repetition_penalty", failure.getMessage());
    }

    @Test
    void aRowWithNothingToChooseNamesWhoEmptiedIt() {
        float[] none = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
        var failure = assertThrows(
                InvalidLogitsException.class,
                () -> greedy(SamplingParams.builder(), 2).next(none));
        assertEquals("no_admissible_token", failure.kind().code());
        assertTrue(String.valueOf(failure.getMessage()).endsWith("after the model"), failure.getMessage());

        var sampler = greedy(SamplingParams.builder().minTokens(1).logitBias(Map.of(0, 1f)), 2, 0, 1);
        float[] row = {1, 2};
        failure = assertThrows(InvalidLogitsException.class, () -> sampler.next(row));
        assertTrue(String.valueOf(failure.getMessage()).endsWith("after min_tokens"), failure.getMessage());
        assertArrayEquals(new float[] {1, 2}, row);
    }

    @Test
    void hostileRowsHaveNamedOutcomes() {
        var params = SamplingParams.builder().topP(0.9).topK(3).minP(0.1).build();
        assertEquals(0, new Sampler(params, 1, NO_ENDS, 0, 0).next(new float[] {-3}));
        float[] oneFinite = new float[100];
        Arrays.fill(oneFinite, Float.NEGATIVE_INFINITY);
        oneFinite[77] = -Float.MAX_VALUE;
        assertEquals(77, new Sampler(params, 100, NO_ENDS, 0, 0).next(oneFinite));
        float[] denormal = {Float.MIN_VALUE, 2 * Float.MIN_VALUE, 0};
        int token = new Sampler(SamplingParams.builder().temperature(1e-45).build(), 3, NO_ENDS, 0, 0).next(denormal);
        assertTrue(token >= 0 && token < 3);
    }

    @Test
    void refusesTokensOutsideTheVocabulary() {
        var bias = SamplingParams.builder().logitBias(Map.of(10, 1f)).build();
        var failure = assertThrows(InvalidSamplingException.class, () -> new Sampler(bias, 10, NO_ENDS, 0, 0));
        assertEquals("logit_bias: token 10 is outside the vocabulary, 0 to 9", failure.getMessage());
        var stop = SamplingParams.builder().stopTokenIds(List.of(10)).build();
        assertThrows(InvalidSamplingException.class, () -> new Sampler(stop, 10, NO_ENDS, 0, 0));
        var sampler = greedy(SamplingParams.builder(), 10);
        assertThrows(IllegalArgumentException.class, () -> sampler.prompt(new int[] {10}, 1));
        assertThrows(IllegalArgumentException.class, () -> sampler.next(new float[9]));
        assertThrows(IllegalArgumentException.class, () -> greedy(SamplingParams.builder(), 10, -1));
    }

    @Test
    void explainsWhatEachStageDoes() {
        var params = SamplingParams.builder()
                .logitBias(Map.of(3, 5f))
                .temperature(2)
                .topK(2)
                .build();
        var sampler = new Sampler(params, 4, NO_ENDS, 0, 0);
        float[] row = {1, 2, Float.NEGATIVE_INFINITY, 0};
        float[] before = row.clone();
        Explanation explanation = sampler.explain(row, 2);
        List<StageReport> reports = explanation.stages();
        assertSameBits(before, row);
        assertEquals(
                List.of("model", "logit_bias", "temperature", "top_k"),
                reports.stream().map(StageReport::stage).toList());
        assertEquals(
                List.of(3, 3, 3, 2),
                reports.stream().map(StageReport::survivors).toList());
        assertEquals(1, reports.get(0).best().getFirst().token());
        for (int stage = 1; stage < 4; stage++) {
            StageReport report = reports.get(stage);
            assertEquals(3, report.best().get(0).token());
            assertEquals(1, report.best().get(1).token());
        }
        double odds = Math.exp(1.5);
        assertEquals(odds / (1 + odds), reports.get(3).best().get(0).probability(), 1e-12);
        assertEquals(3, reports.get(1).survivors());
        assertEquals(sampler.explain(row, 2), explanation); // nothing was recorded
        double draw = explanation.draw().orElseThrow();
        assertEquals(draw * (1 + odds) < odds ? 3 : 1, sampler.next(row));
    }

    @Test
    void editsCannotLeaveTheVocabulary() {
        var params = SamplingParams.builder()
                .processors(List.of(() -> (logits, history) -> logits.mask(3)))
                .build();
        var sampler = new Sampler(params, 3, NO_ENDS, 0, 0);
        assertThrows(IndexOutOfBoundsException.class, () -> sampler.next(new float[10]));
    }

    @Test
    void thePromptComesFirst() {
        var sampler = greedy(SamplingParams.builder(), 2);
        sampler.next(new float[2]);
        assertThrows(IllegalStateException.class, () -> sampler.prompt(new int[] {1}, 1));
    }

    static int[] tokens(Sampler sampler, float[] row, int count) {
        var tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = sampler.next(row);
        }
        return tokens;
    }

    static void assertSameBits(float[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(actual[i]));
        }
    }

    @Test
    void proposesWhatItWillChooseFromTheSameRows() {
        var random = new Random(4);
        var params = SamplingParams.builder()
                .temperature(0.8)
                .topK(9)
                .minP(0.01)
                .seed(3)
                .build();
        var sampler = new Sampler(params, 40, new int[] {5}, 0, 1);
        for (int round = 0; round < 50; round++) {
            float[][] rows = new float[4][];
            int[] proposed = new int[4];
            for (int ahead = 0; ahead < 4; ahead++) {
                rows[ahead] = LawTest.gaussian(random, 40, 2);
                float[] before = rows[ahead].clone();
                proposed[ahead] = sampler.propose(rows[ahead], ahead);
                assertArrayEquals(before, rows[ahead]);
            }
            for (int ahead = 0; ahead < 4; ahead++) {
                int chosen = sampler.next(rows[ahead]);
                assertEquals(sampler.isEnd(chosen) ? -1 : chosen, proposed[ahead]);
            }
        }
        float[] none = new float[40];
        Arrays.fill(none, Float.NaN);
        assertEquals(-1, sampler.propose(none, 0));
        Arrays.fill(none, Float.NEGATIVE_INFINITY);
        assertEquals(-1, sampler.propose(none, 0));
    }
}
