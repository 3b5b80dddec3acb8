package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Edits of the row, beyond what the goldens show. */
class EditTest {

    private static float[] edited(LogitsProcessor edit, float[] row, int[] prompt, int... generated) {
        float[] copy = row.clone();
        var history = new History(-1, true);
        history.prompt(prompt, prompt.length);
        for (int token : generated) {
            history.add(token);
        }
        var logits = new Logits(row.length);
        logits.open(copy);
        edit.process(logits, history);
        float[] result = copy.clone();
        logits.revert();
        SamplerTest.assertSameBits(row, copy);
        return result;
    }

    @Test
    void theDefinitionOfDryIsMetForAnyHistory() {
        var random = new Random(5);
        for (int round = 0; round < 400; round++) {
            int length = random.nextInt(1, 60);
            int[] history = random.ints(length, 0, random.nextInt(2, 6)).toArray();
            int lastN = random.nextBoolean() ? -1 : random.nextInt(1, 40);
            int allowed = random.nextInt(1, 4);
            var breakers = new ArrayList<List<Integer>>();
            if (random.nextBoolean()) {
                breakers.add(List.of(random.nextInt(6)));
            }
            var dry = new Dry(0.5, 1.5, allowed, lastN, breakers);
            float[] actual = edited(new DryPenalty(dry), new float[6], history);
            assertArrayEquals(dryByTheBook(dry, history), actual, 1e-3f);
        }
    }

    /** Compares the ending of the history with what comes before each earlier occurrence of a token. */
    private static float[] dryByTheBook(Dry dry, int[] history) {
        int window = dry.lastN() < 0 ? history.length : Math.min(dry.lastN(), history.length);
        int limit = window;
        int breaker = dry.breakers().isEmpty() ? -1 : dry.breakers().getFirst().getFirst();
        for (int i = 0; i < window; i++) {
            if (history[history.length - 1 - i] == breaker) {
                limit = i;
                break;
            }
        }
        var logits = new float[6];
        for (int token = 0; token < 6; token++) {
            int longest = 0;
            for (int at = history.length - window + 1; at < history.length; at++) {
                int n = 0;
                while (history[at] == token
                        && at - 1 - n >= history.length - window
                        && history[at - 1 - n] == history[history.length - 1 - n]) {
                    n++;
                }
                longest = Math.max(longest, Math.min(n, limit));
            }
            if (longest >= dry.allowedLength() && token != breaker) {
                logits[token] -= (float) (0.5 * Math.pow(1.5, longest - dry.allowedLength()));
            }
        }
        return logits;
    }

    @Test
    void dryStaysFiniteOnLongRepetitions() {
        int[] history = new int[5000];
        float[] row = edited(new DryPenalty(new Dry(1, List.of())), new float[] {1, 2}, history);
        assertEquals(2, row[1]);
        assertTrue(row[0] < -1e37 && row[0] >= -Float.MAX_VALUE);
    }

    @Test
    void noNgramComesTwice() {
        var random = new Random(6);
        for (int n = 1; n <= 4; n++) {
            var params = SamplingParams.builder().noRepeatNgramSize(n).seed(n).build();
            var sampler = new Sampler(params, 300, new int[0], 0, 0);
            var tokens = new ArrayList<Integer>();
            var seen = new HashMap<List<Integer>, Integer>();
            for (int i = 0; i < 100; i++) {
                float[] row = LawTest.gaussian(random, 300, 3);
                for (int token = 0; token < 5; token++) {
                    row[token] += 12;
                }
                tokens.add(sampler.next(row));
                if (tokens.size() >= n) {
                    seen.merge(List.copyOf(tokens.subList(tokens.size() - n, tokens.size())), 1, Integer::sum);
                }
            }
            assertTrue(seen.values().stream().allMatch(count -> count == 1));
        }
    }

    @Test
    void badWordsNeverAppear() {
        var words = List.of(List.of(3), List.of(1, 2), List.of(0, 0, 0));
        var params = SamplingParams.builder().badWords(words).seed(4).build();
        var sampler = new Sampler(params, 5, new int[0], 0, 0);
        var text = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            text.append(sampler.next(new float[5]));
        }
        assertTrue(text.indexOf("3") < 0 && text.indexOf("12") < 0 && text.indexOf("000") < 0);
        assertTrue(text.indexOf("00") >= 0 && text.indexOf("1") >= 0);
    }

    @Test
    void lengthDecayForcesTheEnd() {
        var params = SamplingParams.builder()
                .temperature(0)
                .lengthDecay(new LengthDecay(2, 3))
                .build();
        var sampler = new Sampler(params, 3, new int[] {1}, 0, 0);
        float[] row = {9, 2, 3};
        assertArrayEquals(new int[] {0, 0, 0, 0, 1}, SamplerTest.tokens(sampler, row, 5));
        for (int i = 0; i < 1000; i++) {
            assertEquals(1, sampler.next(row)); // and never overflows
        }
    }

    @Test
    void edgesOfLengthDecayAreFinite() {
        LogitsProcessor edit = new LengthDecay(0, 1e6).edit(new int[] {0, 1, 2});
        float[] row = {0, Float.NEGATIVE_INFINITY, -3};
        float[] result = edited(edit, row, new int[] {0}, new int[500]);
        assertEquals(0, result[0]);
        assertEquals(Float.NEGATIVE_INFINITY, result[1]);
        assertTrue(result[2] > 0 && result[2] < Float.POSITIVE_INFINITY);
    }

    @Test
    void guidanceMixesLogProbabilities() {
        var params = SamplingParams.builder().guidanceScale(1.5).temperature(0).build();
        float[] row = {1, 2, 0.5f, 1.9f};
        float[] negative = {0, 3, 0, 0.5f};
        float[] before = row.clone();
        var sampler = new Sampler(params, 4, new int[0], 0, 0);
        // 1.5 c - 0.5 u, up to one constant: 1.5, 1.5, 0.75, 2.6
        assertEquals(3, sampler.next(row, negative));
        SamplerTest.assertSameBits(before, row);
        assertThrows(IllegalStateException.class, () -> sampler.next(row));
        var plain = new Sampler(SamplingParams.GREEDY, 4, new int[0], 0, 0);
        assertThrows(IllegalStateException.class, () -> plain.next(row, negative));
    }

    @Test
    void guidanceGivesTheLawOfTheFormula() {
        var scan = RowScans.best();
        var guidance = new Guidance(2, scan, 4);
        float[] row = {1, 2, 0.5f, Float.NEGATIVE_INFINITY};
        float[] negative = {0, 3, Float.NEGATIVE_INFINITY, 1};
        double c = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(0.5));
        double u = Math.log(Math.exp(0) + Math.exp(3) + Math.exp(1));
        guidance.apply(row, negative);
        assertEquals((0 - u) + 2 * ((1 - c) - (0 - u)), row[0], 1e-6);
        assertEquals((3 - u) + 2 * ((2 - c) - (3 - u)), row[1], 1e-6);
        assertEquals(0.5 - c, row[2], 1e-6);
        assertEquals(Float.NEGATIVE_INFINITY, row[3]);
        guidance.revert(row);
        assertArrayEquals(new float[] {1, 2, 0.5f, Float.NEGATIVE_INFINITY}, row);
        assertThrows(InvalidLogitsException.class, () -> guidance.apply(row, new float[] {1, Float.NaN, 0, 0}));
    }

    @Test
    void processorsOfOthersTakePart() {
        var params = SamplingParams.builder()
                .temperature(0)
                .processors(List.of(() -> new LogitsProcessor() {
                    private int calls; // one processor a sequence

                    @Override
                    public void process(Logits logits, History history) {
                        assertEquals(calls, history.generated());
                        assertEquals(4, logits.vocabulary());
                        logits.add(calls++ % 4, 100);
                    }
                }))
                .build();
        float[] row = {0, 0, 0, 0};
        for (int sequence = 0; sequence < 2; sequence++) {
            var sampler = new Sampler(params, 4, new int[0], 0, 0);
            assertArrayEquals(new int[] {0, 1, 2, 3, 0}, SamplerTest.tokens(sampler, row, 5));
        }
    }

    @Test
    void aProcessorThatBreaksTheRowIsNamed() {
        var params = SamplingParams.builder()
                .logitBias(Map.of(0, 1f))
                .processors(List.of(() -> new LogitsProcessor() {
                    @Override
                    public void process(Logits logits, History history) {
                        logits.set(1, Float.NaN);
                    }

                    @Override
                    public String name() {
                        return "mine";
                    }
                }))
                .build();
        float[] row = {1, 2};
        var failure =
                assertThrows(InvalidLogitsException.class, () -> new Sampler(params, 2, new int[0], 0, 0).next(row));
        assertEquals("logit of token 1 is not a number; it comes from mine", failure.getMessage());
        assertArrayEquals(new float[] {1, 2}, row);
    }

    @Test
    void aProcessorThatThrowsLeavesTheRowAlone() {
        var params = SamplingParams.builder()
                .processors(List.of(() -> (logits, history) -> {
                    logits.mask(0);
                    throw new IllegalStateException("no");
                }))
                .build();
        float[] row = {1, 2};
        assertThrows(IllegalStateException.class, () -> new Sampler(params, 2, new int[0], 0, 0).next(row));
        assertArrayEquals(new float[] {1, 2}, row);
    }
}
