package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockedRowTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 63, 64, 65, 207, 4096, 5000})
    void whatWasWrittenIsSeenAsIfTheRowWereReadAgain(int vocabulary) {
        var random = new Random(vocabulary);
        var amended = new BlockedRow(new ScalarRowScan(), vocabulary);
        var fresh = new BlockedRow(RowScans.best(), vocabulary);
        for (int round = 0; round < 60; round++) {
            float[] row = LawTest.gaussian(random, vocabulary, 3);
            float before = amended.open(row);
            var logits = new Logits(vocabulary);
            logits.open(row);
            for (int write = 0; write < 1 + round / 4; write++) {
                int token = random.nextInt(4) == 0 ? amended.first(before) : random.nextInt(vocabulary);
                logits.set(
                        token, (float) (random.nextInt(5) == 0 ? Float.NEGATIVE_INFINITY : 6 * random.nextGaussian()));
                before = amended.amend(logits, before);
            }
            float max = amended.amend(logits, before);
            assertEquals(fresh.open(row), max);
            if (max > Float.NEGATIVE_INFINITY) {
                assertEquals(fresh.first(max), amended.first(max));
                for (float least : new float[] {max, max - 1, max - 4}) {
                    assertEquals(listed(fresh, least), listed(amended, least));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aBrokenLogitThatIsWrittenIsSeen(float broken) {
        float[] row = LawTest.gaussian(new Random(1), 300, 3);
        var blocked = new BlockedRow(new ScalarRowScan(), row.length);
        float max = blocked.open(row);
        var logits = new Logits(row.length);
        logits.open(row);
        logits.set(271, broken);
        assertEquals(broken, blocked.amend(logits, max));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 40, 79, 80, 300, 5000})
    void theBestTokensAreListed(int count) {
        var random = new Random(count);
        for (int round = 0; round < 20; round++) {
            float[] row = LawTest.gaussian(random, 5000, 3);
            if (round % 2 == 0) {
                Arrays.sort(row); // the best together in few blocks
            }
            var blocked = new BlockedRow(new ScalarRowScan(), row.length);
            blocked.open(row);
            var list = new TokenList();
            blocked.listBest(list, count);
            var listed = new HashSet<Integer>();
            for (int i = 0; i < list.size(); i++) {
                listed.add(list.token(i));
                assertEquals(row[list.token(i)], list.logit(i));
            }
            assertEquals(list.size(), listed.size());
            IntStream.range(0, row.length)
                    .boxed()
                    .sorted((a, b) -> Float.compare(row[b], row[a]))
                    .limit(count)
                    .forEach(token -> assertTrue(listed.contains(token)));
        }
    }

    private static Set<Integer> listed(BlockedRow row, float least) {
        var list = new TokenList();
        row.list(list, least);
        var tokens = new HashSet<Integer>();
        for (int i = 0; i < list.size(); i++) {
            tokens.add(list.token(i));
        }
        return tokens;
    }
}
