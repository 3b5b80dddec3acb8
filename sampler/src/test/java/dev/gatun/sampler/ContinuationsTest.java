package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.sampler.constraint.Grammar;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuationsTest {
    private static final int[] NO_ENDS = {};

    private static float[] row(int vocabulary) {
        Random random = new Random(vocabulary);
        float[] row = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            row[i] = (float) random.nextGaussian() * 3;
        }
        return row;
    }

    private static double logSumExp(float[] row) {
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit);
        }
        return Math.log(sum);
    }

    private static SamplingParams.Builder greedy() {
        return SamplingParams.GREEDY.toBuilder();
    }

    private static Continuations plain(int vocabulary) {
        return new Continuations(SamplingParams.GREEDY, vocabulary, NO_ENDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 31, 33, 65, 207, 5_000})
    void scoresAreLogProbabilitiesInDescendingOrder(int vocabulary) {
        float[] row = row(vocabulary);
        float[] before = row.clone();
        Continuations continuations = plain(vocabulary);
        int count = continuations.read(row, continuations.begin(new int[0], 0), 6);
        assertArrayEquals(before, row);
        assertEquals(Math.min(6, vocabulary), count);
        for (int rank = 0; rank < count; rank++) {
            double exact = row[continuations.token(rank)] - logSumExp(row);
            assertEquals(exact, continuations.score(rank), Math.ulp((float) exact));
            int better = 0;
            for (float logit : row) {
                better += logit > row[continuations.token(rank)] ? 1 : 0;
            }
            assertEquals(rank, better);
        }
    }

    @Test
    void editsSeeLogProbabilitiesAndNothingIsNormalisedAgain() {
        float[] row = {1, 2, 3};
        double logMass = logSumExp(row);
        Continuations continuations = new Continuations(
                greedy().repetitionPenalty(2).logitBias(Map.of(0, 5f)).build(), 3, NO_ENDS);
        Branch history = continuations.begin(new int[] {2}, 1);
        assertEquals(3, continuations.read(row, history, 3));
        assertEquals(0, continuations.token(0));
        assertEquals(1 - logMass + 5, continuations.score(0), 1e-6);
        assertEquals(2, continuations.token(1));
        assertEquals(2 * (3 - logMass), continuations.score(1), 1e-6); // negative, so multiplied
        assertEquals(2 - logMass, continuations.score(2), 1e-6);
    }

    @Test
    void aForkedSequenceHasItsOwnPenalties() {
        float[] row = {0, 0, 0};
        SamplingParams params =
                greedy().presencePenalty(1).frequencyPenalty(0.5).build();
        Continuations continuations = new Continuations(params, 3, NO_ENDS);
        Branch parent = continuations.begin(new int[] {0}, 1);
        continuations.add(parent, 1);
        Branch child = continuations.begin(new int[0], 0);
        continuations.fork(parent, child);
        continuations.add(parent, 2);
        continuations.add(child, 1);
        assertEquals(List.of(0, 1, 1), tokens(child.history()));
        assertEquals(List.of(0, 1, 2), tokens(parent.history()));
        continuations.read(row, child, 3);
        double third = -Math.log(3);
        assertEquals(List.of(0, 2, 1), List.of(continuations.token(0), continuations.token(1), continuations.token(2)));
        assertEquals(third - 2, continuations.score(2), 1e-6);
        continuations.read(row, parent, 3);
        assertEquals(third - 1.5, continuations.score(1), 1e-6);
        assertEquals(third - 1.5, continuations.score(2), 1e-6);
    }

    private static List<Integer> tokens(History history) {
        return IntStream.range(0, history.length()).mapToObj(history::token).toList();
    }

    @Test
    void whatOtherGroupsChoseIsPenalisedEachTime() {
        Continuations continuations = plain(4);
        Branch history = continuations.begin(new int[0], 0);
        int[] chosen = {3, 1, 3, 0};
        continuations.read(new float[4], history, 4, chosen, 3, 0.25);
        assertEquals(0, continuations.token(0));
        assertEquals(2, continuations.token(1));
        assertEquals(1, continuations.token(2));
        assertEquals(3, continuations.token(3));
        assertEquals(continuations.score(0) - 0.5, continuations.score(3), 1e-6);
    }

    @Test
    void endsAreForbiddenUntilThereAreEnoughTokens() {
        SamplingParams params = greedy().minTokens(1).stopTokenIds(List.of(2)).build();
        Continuations continuations = new Continuations(params, 4, new int[] {1});
        assertEquals(List.of(1, 2), continuations.ends());
        assertTrue(continuations.isEnd(1));
        assertTrue(continuations.isEnd(2));
        assertFalse(continuations.isEnd(0));
        Branch history = continuations.begin(new int[] {0}, 1);
        assertEquals(2, continuations.read(new float[4], history, 4));
        continuations.add(history, 3);
        assertEquals(4, continuations.read(new float[4], history, 4));
    }

    @Test
    void theModelsEndsCanBeIgnored() {
        Continuations continuations = new Continuations(greedy().ignoreEos(true).build(), 4, new int[] {1});
        assertEquals(List.of(), continuations.ends());
    }

    @Test
    void hostileRowsHaveNamedOutcomes() {
        Continuations continuations = plain(3);
        Branch history = continuations.begin(new int[0], 0);
        float[] nan = {0, Float.NaN, 0};
        float[] infinite = {0, Float.POSITIVE_INFINITY, 0};
        float none = Float.NEGATIVE_INFINITY;
        assertEquals(
                InvalidLogitsException.Kind.NAN,
                assertThrows(InvalidLogitsException.class, () -> continuations.read(nan, history, 1))
                        .kind());
        assertEquals(
                InvalidLogitsException.Kind.POSITIVE_INFINITY,
                assertThrows(InvalidLogitsException.class, () -> continuations.read(infinite, history, 1))
                        .kind());
        assertEquals(0, continuations.read(new float[] {none, none, none}, history, 2));
        assertEquals(1, continuations.read(new float[] {none, 4, none}, history, 2));
        assertEquals(0, continuations.score(0));
    }

    @Test
    void aConstraintTakesTokensAwayFromEachBranchByItself() {
        TokenTrie texts = TokenTrie.of(4, token -> new byte[] {(byte) "ab.".charAt(Math.min(token, 2))});
        SamplingParams params = greedy().constraint(Grammar.regex("(a|b\\.)b")).build();
        Continuations continuations = new Continuations(params, 4, new int[] {3}, texts);
        float[] row = {1, 2, 3, 4};
        Branch first = continuations.begin(new int[0], 0);
        assertEquals(2, continuations.read(row, first, 4));
        assertEquals(List.of(1, 0), List.of(continuations.token(0), continuations.token(1)));
        double mass = Math.exp(-3) + Math.exp(-2) + Math.exp(-1) + 1;
        assertEquals(-2 - Math.log(mass), continuations.score(0), 1e-6, "not normalised again");
        assertEquals(-2 - Math.log(mass), continuations.logprob(0), 1e-12);
        Branch second = continuations.begin(new int[0], 0);
        continuations.fork(first, second);
        continuations.add(first, 0);
        continuations.add(second, 1);
        assertEquals(1, continuations.read(row, second, 4));
        assertEquals(2, continuations.token(0));
        assertEquals(1, continuations.read(row, first, 4));
        assertEquals(1, continuations.token(0));
        assertTrue(continuations.isComplete(first, 1));
        assertEquals(false, continuations.isComplete(second, 2));
        continuations.add(first, 1);
        assertEquals(1, continuations.read(row, first, 4));
        assertEquals(3, continuations.token(0), "only the end may follow");
        assertThrows(IllegalArgumentException.class, () -> continuations.add(second, 0));
    }

    @Test
    void refusesWhatASearchCannotHeed() {
        refuses("temperature", SamplingParams.builder().build());
        refuses("top_k", greedy().topK(3).build());
        refuses("top_p", greedy().topP(0.5).build());
        refuses("min_p", greedy().minP(0.5).build());
        refuses("guidance_scale", greedy().guidanceScale(2).build());

        refuses(
                "processors",
                greedy().processors(List.of(() -> (logits, history) -> {})).build());
        refuses("stop_token_ids", greedy().stopTokenIds(List.of(9)).build());
    }

    private static void refuses(String option, SamplingParams params) {
        var refusal = assertThrows(InvalidSamplingException.class, () -> new Continuations(params, 9, NO_ENDS));
        assertEquals(option, refusal.option());
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(option), refusal::toString);
    }
}
