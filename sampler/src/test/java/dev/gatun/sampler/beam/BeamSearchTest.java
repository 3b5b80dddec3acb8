package dev.gatun.sampler.beam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BeamSearchTest {
    private static final double EXACT = 1e-12; // sums of at most 8 terms, in double

    @Test
    void oneBeamThatStopsAtItsFirstEndIsGreedySearch() {
        for (long seed = 0; seed < 300; seed++) {
            TinyLaw law = new TinyLaw(seed, 7, 1.5);
            List<Integer> greedy = new ArrayList<>();
            while (greedy.size() < 8 && (greedy.isEmpty() || greedy.getLast() != 3)) {
                double[] logprobs = law.logprobs(greedy);
                int best = 0;
                for (int token = 1; token < 7; token++) {
                    best = logprobs[token] > logprobs[best] ? token : best;
                }
                greedy.add(best);
            }
            BeamParams one = BeamParams.of(1).withEarlyStopping(EarlyStopping.TRUE);
            Hypothesis found = SearchDriver.run(law, one, 8, List.of(3)).getFirst();
            assertEquals(greedy, found.tokens());
            assertEquals(greedy.getLast() == 3, found.ended());
            assertEquals(law.sum(greedy) / greedy.size(), found.score(), EXACT);
        }
    }

    @ParameterizedTest(name = "vocabulary {0}, length {1}, length penalty {2}, {3} end tokens")
    @CsvSource({"2, 6, 1, 1", "3, 4, 0, 1", "5, 3, 1, 1", "5, 3, 2.5, 2", "4, 4, -1, 1", "4, 4, 0.5, 3", "6, 2, 1, 0"})
    void aBeamAsWideAsAllSequencesFindsTheBestOfAll(int vocabulary, int length, double lengthPenalty, int endTokens) {
        List<Integer> ends = List.of(1, 0, 2).subList(0, endTokens);
        for (long seed = 0; seed < 20; seed++) {
            TinyLaw law = new TinyLaw(seed, vocabulary, 1);
            List<Hypothesis> all = new ArrayList<>();
            enumerate(law, new ArrayList<>(), length, lengthPenalty, ends, all);
            all.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
            int beams = (int) Math.pow(vocabulary, length);
            int returned = Math.min(all.size(), 10);
            BeamParams params =
                    BeamParams.of(beams).withLengthPenalty(lengthPenalty).withNumReturnSequences(returned);
            assertSame(all.subList(0, returned), SearchDriver.run(law, params, length, ends));
        }
    }

    private static void enumerate(
            TinyLaw law, List<Integer> prefix, int length, double penalty, List<Integer> ends, List<Hypothesis> out) {
        boolean ended = !prefix.isEmpty() && ends.contains(prefix.getLast());
        if (ended || prefix.size() == length) {
            double score = law.sum(prefix) / Math.pow(prefix.size(), penalty);
            out.add(new Hypothesis(List.copyOf(prefix), score, ended, 0, List.of()));
            return;
        }
        for (int token = 0; token < law.vocabulary(); token++) {
            prefix.add(token);
            enumerate(law, prefix, length, penalty, ends, out);
            prefix.removeLast();
        }
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheSearchWrittenDownASecondTime(EarlyStopping earlyStopping) {
        Random random = new Random(earlyStopping.name().length());
        int differentLengths = 0;
        for (int i = 0; i < 1_000; i++) {
            int groups = 1 + random.nextInt(3);
            int groupSize = 1 + random.nextInt(4);
            int ends = random.nextInt(3);
            int vocabulary = (1 + Math.max(1, ends)) * groupSize + ends + random.nextInt(6);
            TinyLaw law = new TinyLaw(random.nextLong(), vocabulary, 0.2 + 2 * random.nextDouble());
            double[] penalties = {1, 0, 2, -1, 0.6};
            BeamParams params = BeamParams.of(groups * groupSize)
                    .withLengthPenalty(penalties[random.nextInt(5)])
                    .withEarlyStopping(earlyStopping)
                    .withGroups(groups, groups == 1 ? 0 : 0.1 + random.nextDouble() * 3)
                    .withNumReturnSequences(1 + random.nextInt(groups * groupSize));
            int mostTokens = 1 + random.nextInt(7);
            List<Integer> endTokens = List.of(2, 0).subList(0, ends);
            List<Hypothesis> found = SearchDriver.run(law, params, mostTokens, endTokens);
            assertSame(PlainBeams.run(law, params, mostTokens, endTokens), found);
            differentLengths += (int) found.stream()
                            .map(each -> each.tokens().size())
                            .distinct()
                            .count()
                    - 1;
        }
        assertTrue(differentLengths > 100, "cases in which sequences ended at different steps: " + differentLengths);
    }

    private static void assertSame(List<Hypothesis> expected, List<Hypothesis> actual) {
        assertEquals(
                expected.stream().map(Hypothesis::tokens).toList(),
                actual.stream().map(Hypothesis::tokens).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).score(), actual.get(i).score(), EXACT);
            assertEquals(expected.get(i).ended(), actual.get(i).ended());
        }
    }

    @Test
    void aGreatPenaltyMakesGroupsBeginDifferently() {
        for (long seed = 0; seed < 100; seed++) {
            BeamParams params = BeamParams.of(4).withGroups(4, 100).withNumReturnSequences(4);
            List<Hypothesis> found = SearchDriver.run(new TinyLaw(seed, 9, 1), params, 1, List.of());
            Set<Integer> firsts = new HashSet<>();
            found.forEach(each -> firsts.add(each.tokens().getFirst()));
            assertEquals(4, firsts.size());
        }
    }

    @Test
    void endsWhenNothingCanGoOn() {
        BeamSearch search = new BeamSearch(BeamParams.of(3), 5, List.of());
        search.offer(0, 0, 4, -1);
        search.advance(0);
        assertEquals(1, search.running(0));
        assertFalse(search.isDone());
        search.advance(0);
        assertTrue(search.isDone());
        assertEquals(List.of(), search.best());
    }

    @Test
    void amongEqualScoresTheEarlierOfferIsBetter() {
        BeamSearch search = new BeamSearch(BeamParams.of(2), 2, List.of());
        for (int token = 0; token < 5; token++) {
            search.offer(0, 0, token, -1);
        }
        search.advance(0);
        assertEquals(0, search.token(0, 0));
        assertEquals(1, search.token(0, 1));
    }

    @Test
    void refusesASearchWithoutRoom() {
        assertThrows(IllegalArgumentException.class, () -> new BeamSearch(BeamParams.of(2), 0, List.of()));
    }
}
