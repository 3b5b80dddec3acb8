package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.sampler.constraint.Grammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A sampler under a constraint: the mask comes before every step, the end only where the output is complete. */
class ConstraintTest {
    private static final List<String> TOKENS = List.of("a", "b", "ab", "", "c", "ba");
    private static final int END = 3;
    private static final TokenTrie TRIE =
            TokenTrie.of(TOKENS.size(), token -> TOKENS.get(token).getBytes(StandardCharsets.UTF_8));

    private static Sampler sampler(SamplingParams.Builder params, Constraint constraint) {
        return new Sampler(params.constraint(constraint).build(), 8, new int[] {END}, 7, 0, TRIE);
    }

    private static SamplingParams.Builder greedy() {
        return SamplingParams.builder().temperature(0);
    }

    @Test
    void takesTheBestOfWhatIsAllowed() {
        float[] row = {1, 2, 3, 9, 8, 7, 99, 98};
        float[] before = row.clone();
        Sampler sampler = sampler(greedy(), Grammar.regex("ab|ac"));
        assertEquals(2, sampler.next(row));
        assertTrue(sampler.isComplete());
        assertEquals(END, sampler.next(row));
        assertArrayEquals(before, row);
        sampler = sampler(greedy(), Grammar.regex("ab|ac"));
        row[2] = -5;
        assertEquals(0, sampler.next(row), "the end is not allowed yet, nor is what begins with another letter");
        assertEquals(4, sampler.next(row));
    }

    @Test
    void theLawIsThatOfTheAllowedTokens() {
        float[] row = {1, 2, 3, 2.5f, 8, 7, 99, 98};
        int[] counts = new int[8];
        for (int seed = 0; seed < 20_000; seed++) {
            var params = SamplingParams.builder().temperature(1).seed(seed);
            counts[sampler(params, Grammar.regex("(a|b)*")).next(row)]++;
        }
        double total = 0;
        int[] allowed = {0, 1, 2, END, 5};
        for (int token : allowed) {
            total += Math.exp(row[token]);
        }
        for (int token = 0; token < 8; token++) {
            int at = token;
            boolean isAllowed = java.util.Arrays.stream(allowed).anyMatch(t -> t == at);
            double expected = isAllowed ? 20_000 * Math.exp(row[token]) / total : 0;
            assertEquals(expected, counts[token], 6 * Math.sqrt(expected), "token " + token);
        }
    }

    @Test
    void masksBeforeTheCuts() {
        float[] row = {1, 2, 3, 9, 8, 7, 99, 98};
        assertEquals(
                2,
                sampler(SamplingParams.builder().topK(1), Grammar.regex("ab")).next(row));
    }

    @Test
    void recordsForcedTokensWithoutLogits() {
        Sampler sampler = sampler(greedy(), Grammar.regex("aba(c|b)"));
        assertEquals(2, sampler.forced());
        assertEquals(-1, sampler.forced(), "a follows, but ab might be what is wanted");
        sampler = sampler(greedy(), Grammar.regex("cc(a|b)"));
        assertEquals(4, sampler.forced());
        assertEquals(4, sampler.forced());
        assertEquals(-1, sampler.forced());
        assertFalse(sampler.isComplete());
        assertEquals(1, sampler.next(new float[] {1, 2, 3, 9, 8, 7, 99, 98}));
        assertTrue(sampler.isComplete());
        assertEquals(-1, sampler(greedy().logprobs(1), Grammar.regex("cc")).forced(), "log-probabilities are wanted");
        var params = SamplingParams.builder().temperature(0).build();
        assertEquals(-1, new Sampler(params, 8, new int[] {END}, 7, 0).forced());
    }

    @Test
    void brokenLogitsAreNotHidden() {
        float[] row = {1, 2, 3, 9, Float.NaN, 7, 99, 98};
        var e = assertThrows(
                InvalidLogitsException.class,
                () -> sampler(greedy(), Grammar.regex("ab")).next(row));
        assertEquals(InvalidLogitsException.Kind.NAN, e.kind());
        assertTrue(Objects.requireNonNull(e.getMessage()).contains("from the model"), e::getMessage);
    }

    @Test
    void saysWhenNoTokenSpellsWhatMustFollow() {
        float[] row = new float[8];
        var e = assertThrows(
                InvalidLogitsException.class,
                () -> sampler(greedy(), Grammar.regex("x")).next(row));
        assertEquals("no token may be chosen: all 8 logits are minus infinity after the constraint", e.getMessage());
        var early = assertThrows(
                InvalidLogitsException.class,
                () -> sampler(greedy().minTokens(1).maxTokens(5), Grammar.regex(""))
                        .next(row));
        assertTrue(Objects.requireNonNull(early.getMessage()).contains("after min_tokens"), early::getMessage);
    }

    @Test
    void refusesWhatContradictsAConstraint() {
        var e = assertThrows(
                InvalidSamplingException.class,
                () -> greedy().ignoreEos(true).constraint(Grammar.regex("a")).build());
        assertEquals("ignore_eos", e.option());
        var params = greedy().constraint(Grammar.regex("a")).build();
        assertThrows(IllegalArgumentException.class, () -> new Sampler(params, 8, new int[] {END}, 7, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampler(params, 5, new int[] {END}, 7, 0, TRIE));
    }

    @Test
    void explainsTheConstraint() {
        float[] row = {1, 2, 3, 9, 8, 7, 99, 98};
        var reports = sampler(greedy(), Grammar.regex("ab|ac")).explain(row, 3).stages();
        assertEquals(
                List.of("model", "constraint"),
                reports.stream().map(StageReport::stage).toList());
        assertEquals(8, reports.getFirst().survivors());
        assertEquals(2, reports.getLast().survivors());
    }

    @Test
    void largeMasksLeaveTheRowAsItWas() {
        Random random = new Random(3);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            tokens.add(Integer.toString(random.nextInt(3000), 7));
        }
        TokenTrie trie = TokenTrie.of(1000, token -> tokens.get(token).getBytes(StandardCharsets.UTF_8));
        for (String pattern : List.of("[0-5]*", "1[0-6]*", "[1-6][0-6]{0,2}", "(1|[1-5]6)*")) {
            var params = greedy().constraint(Grammar.regex(pattern)).build();
            var sampler = new Sampler(params, 1003, new int[] {1001, 5}, 7, 0, trie);
            TokenFilter filter = Grammar.regex(pattern).begin(trie);
            for (int step = 0; step < 3 && !filter.mustEnd(); step++) {
                float[] row = LawTest.gaussian(random, 1003, 4);
                float[] before = row.clone();
                int best = -1;
                for (int token = 0; token < 1003; token++) {
                    boolean isEnd = token == 1001 || token == 5;
                    boolean isAllowed =
                            isEnd ? filter.mayEnd() : token < 1000 && (filter.allowed()[token >> 6] >>> token & 1) == 1;
                    best = isAllowed && (best < 0 || row[token] > row[best]) ? token : best;
                }
                assertEquals(best, sampler.next(row), pattern);
                assertArrayEquals(before, row);
                if (sampler.isEnd(best)) {
                    break;
                }
                filter.accept(best);
            }
        }
    }
}
