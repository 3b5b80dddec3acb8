package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PenaltiesTest {
    private static final int VOCABULARY = 50;

    @ParameterizedTest
    @CsvSource({"1.1,0.3,0.2,true", "0.7,-1.5,0,false", "3,0,-2,true", "1.0001,2,2,false"})
    void bothAtOnceGiveTheBitsOfOneAfterTheOther(
            double repetition, double frequency, double presence, boolean countsPrompt) {
        var random = new Random(1);
        var first = new RepetitionPenalty(repetition);
        var second = new CountPenalties(frequency, presence, countsPrompt);
        for (int round = 0; round < 50; round++) {
            float[] row = LawTest.gaussian(random, VOCABULARY, 5);
            row[random.nextInt(VOCABULARY)] = Float.NEGATIVE_INFINITY;
            row[random.nextInt(VOCABULARY)] = -0f;
            row[random.nextInt(VOCABULARY)] = 0;
            row[random.nextInt(VOCABULARY)] = Float.MIN_VALUE;
            var history = new History(round % 3 == 0 ? -1 : 20, true);
            history.prompt(random.ints(15, 0, VOCABULARY).toArray(), 15);
            random.ints(15, 0, VOCABULARY).forEach(history::add);
            float[] apart = row.clone();
            float[] joined = row.clone();
            var logits = new Logits(VOCABULARY);
            logits.open(apart);
            first.process(logits, history);
            second.process(logits, history);
            logits.open(joined);
            new Penalties(first, second).process(logits, history);
            assertEquals(Arrays.toString(apart), Arrays.toString(joined));
            logits.revert();
            assertEquals(Arrays.toString(row), Arrays.toString(joined));
        }
    }

    @ParameterizedTest
    @CsvSource({"2,4,2", "2,-4,-8", "0.5,4,8", "0.5,-4,-2", "2,0,0"})
    void aPenaltyBelowOneMakesTokensLikelier(double penalty, float logit, float expected) {
        assertEquals(expected, new RepetitionPenalty(penalty).penalised(logit));
    }
}
