package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogprobsTest {
    private static final double ROUNDING = 1e-12;
    private static final float[] ROW = {1, 3, 2, 3, -50, Float.NEGATIVE_INFINITY};

    /** By the book: x - ln sum e^x. */
    private static double logprob(float[] row, int token) {
        double sum = 0;
        for (float x : row) {
            sum += StrictMath.exp(x);
        }
        return row[token] - StrictMath.log(sum);
    }

    private static Logprobs next(SamplingParams params, float[] row) {
        var sampler = new Sampler(params, row.length, new int[0], 0, 0);
        sampler.next(row);
        return sampler.logprobs().orElseThrow();
    }

    @Test
    void areAbsentUnlessAskedFor() {
        assertTrue(new Sampler(SamplingParams.GREEDY, 3, new int[0], 0, 0)
                .logprobs()
                .isEmpty());
    }

    @Test
    void rawOnesAreTheModelsOwn() {
        var params = SamplingParams.builder()
                .temperature(0.3)
                .topK(1)
                .logitBias(Map.of(4, 100f))
                .logprobs(3)
                .build();
        Logprobs logprobs = next(params, ROW);
        assertEquals(4, logprobs.token());
        assertEquals(logprob(ROW, 4), logprobs.logprob(), ROUNDING);
        assertEquals(3, logprobs.count());
        int[] best = {1, 3, 2};
        for (int rank = 0; rank < 3; rank++) {
            assertEquals(best[rank], logprobs.token(rank));
            assertEquals(logprob(ROW, best[rank]), logprobs.logprob(rank), ROUNDING);
        }
    }

    @Test
    void processedOnesAreOfTheLawDrawnFrom() {
        var params = SamplingParams.builder()
                .temperature(0.5)
                .topK(2)
                .logitBias(Map.of(2, 2f))
                .logprobs(5)
                .processedLogprobs(true)
                .build();
        Logprobs logprobs = next(params, ROW);
        assertEquals(2, logprobs.count());
        float[] law = {8, 6};
        assertEquals(2, logprobs.token(0));
        assertEquals(logprob(law, 0), logprobs.logprob(0), ROUNDING);
        assertEquals(1, logprobs.token(1));
        assertEquals(logprob(law, 1), logprobs.logprob(1), ROUNDING);
        assertEquals(logprob(law, logprobs.token() == 2 ? 0 : 1), logprobs.logprob(), ROUNDING);
    }

    @Test
    void theChosenTokenIsReportedWithNoOther() {
        Logprobs logprobs = next(SamplingParams.GREEDY.toBuilder().logprobs(0).build(), ROW);
        assertEquals(1, logprobs.token());
        assertEquals(0, logprobs.count());
        assertEquals(logprob(ROW, 1), logprobs.logprob(), ROUNDING);
    }

    @Test
    void readsThoseOfAPrompt() {
        float[] row = LawTest.gaussian(new Random(1), 3000, 5);
        Logprobs logprobs = Logprobs.of(3000, 20);
        logprobs.read(row, 1234);
        assertEquals(logprob(row, 1234), logprobs.logprob(), 1e-11);
        assertEquals(20, logprobs.count());
        for (int rank = 1; rank < 20; rank++) {
            assertTrue(logprobs.logprob(rank - 1) >= logprobs.logprob(rank));
        }
        row[7] = Float.NaN;
        assertThrows(InvalidLogitsException.class, () -> logprobs.read(row, 0));
    }

    @Test
    void doNotChangeTheChoice() {
        float[] row = LawTest.gaussian(new Random(2), 500, 2);
        var params = SamplingParams.builder().seed(5).topP(0.9);
        int[] plain = SamplerTest.tokens(new Sampler(params.build(), 500, new int[0], 0, 0), row, 40);
        for (boolean processed : new boolean[] {false, true}) {
            var reporting = params.logprobs(20).processedLogprobs(processed).build();
            int[] reported = SamplerTest.tokens(new Sampler(reporting, 500, new int[0], 0, 0), row, 40);
            assertArrayEquals(plain, reported);
        }
    }

    @Test
    void aForbiddenTokenHasMinusInfinity() {
        Logprobs logprobs = Logprobs.of(ROW.length, 1);
        logprobs.read(ROW, 5);
        assertEquals(Double.NEGATIVE_INFINITY, logprobs.logprob());
    }
}
