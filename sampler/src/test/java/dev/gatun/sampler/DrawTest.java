package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.GTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draws against the law they are from. */
class DrawTest {
    private static final int DRAWS = 1_000_000;
    private static final double ALPHA = 1e-6;
    private static final float[] ROW = {0.5f, -1, 2, 0, 1.25f, -3, 2, 0.75f};

    @Test
    void aMillionDrawsFollowThePlainLaw() {
        follow(SamplingParams.builder().seed(1).build());
    }

    @Test
    void aMillionDrawsFollowTheHotLaw() {
        follow(SamplingParams.builder().seed(2).temperature(3).minP(0.05).build());
    }

    @Test
    void aMillionDrawsFollowTheCutLaw() {
        follow(SamplingParams.builder()
                .seed(3)
                .temperature(0.9)
                .topK(6)
                .topP(0.95)
                .build());
    }

    /** Successive positions of one sampler, as in use. */
    private static void follow(SamplingParams params) {
        double[] law = Laws.of(params, ROW);
        var counts = new long[ROW.length];
        var sampler = new Sampler(params, ROW.length, new int[0], 0, 0);
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.next(ROW)]++;
        }
        int[] possible = IntStream.range(0, law.length).filter(i -> law[i] > 0).toArray();
        double[] expected =
                Arrays.stream(possible).mapToDouble(i -> law[i] * DRAWS).toArray();
        long[] observed = Arrays.stream(possible).mapToLong(i -> counts[i]).toArray();
        assertEquals(DRAWS, Arrays.stream(observed).sum(), "a token was drawn that has no probability");
        assertTrue(new ChiSquareTest().chiSquareTest(expected, observed) > ALPHA);
        assertTrue(new GTest().gTest(expected, observed) > ALPHA);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 33, 64, 207, 5000, 30_000})
    void drawsInvertTheCumulatedLaw(int vocabulary) {
        var random = new Random(vocabulary);
        for (double spread : new double[] {0.001, 2, 30}) {
            float[] row = LawTest.gaussian(random, vocabulary, spread);
            var candidates = new Candidates(RowScans.best(), vocabulary);
            for (double u : new double[] {0, 1e-12, 0.1, random.nextDouble(), 0.9, 0.999_999, 1 - 1e-9}) {
                candidates.open(row);
                assertEquals(new NaiveLaw(row).draw(u), candidates.draw(u), "spread=" + spread + " u=" + u);
            }
        }
    }

    @Test
    void boundsAndTheWholeMassSettleTheSameDraws() {
        var random = new Random(12);
        for (double spread : new double[] {4, 8, 30}) {
            for (int round = 0; round < 200; round++) {
                float[] row = LawTest.gaussian(random, 20_000, spread);
                double u = random.nextDouble();
                var bounded = new Candidates(RowScans.best(), row.length);
                bounded.open(row);
                var exact = new Candidates(RowScans.best(), row.length);
                exact.open(row);
                exact.mass(); // known from here on
                assertEquals(exact.draw(u), bounded.draw(u), "spread=" + spread + " u=" + u);
            }
        }
    }

    @Test
    void choicesAreIndependent() {
        var params = SamplingParams.builder().seed(11).temperature(2).build();
        var joint = new long[4][4];
        float[] row = {0, 0, 0, 0};
        var first = new Sampler(params, 4, new int[0], 0, 0);
        var second = new Sampler(params, 4, new int[0], 0, 1);
        for (int i = 0; i < 100_000; i++) {
            joint[first.next(row)][second.next(row)]++;
        }
        assertTrue(new ChiSquareTest().chiSquareTest(joint) > ALPHA);
    }

    @Test
    void neverDrawsWhatHasNoProbability() {
        float[] row = {-1e4f, 0, -1e4f};
        var candidates = new Candidates(RowScans.best(), row.length);
        for (double u : new double[] {0, 0.5, 1 - 0x1p-53}) {
            candidates.open(row);
            assertEquals(1, candidates.draw(u));
        }
    }
}
