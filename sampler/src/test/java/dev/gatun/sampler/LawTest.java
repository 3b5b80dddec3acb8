package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The law that a chain makes of a row: what stays, and how likely it is. */
class LawTest {
    private static final double ROUNDING = 1e-12;

    @Property
    void smallRowsFollowTheBook(
            @ForAll("smallRows") float[] row,
            @ForAll @IntRange(max = 9) int k,
            @ForAll @DoubleRange(min = 0.01, max = 1) double p,
            @ForAll @DoubleRange(max = 1) double m,
            @ForAll @DoubleRange(min = 0.05, max = 5) double temperature) {
        var params = SamplingParams.builder()
                .temperature(temperature)
                .topK(k)
                .topP(p)
                .minP(m)
                .build();
        double[] expected = new NaiveLaw(row)
                .temperature(temperature)
                .minP(m)
                .topK(k)
                .topP(p)
                .law();
        assertArrayEquals(expected, Laws.of(params, row), ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 63, 64, 65, 207, 1000, 4099, 50_000})
    void rowsOfAnyLengthFollowTheBook(int vocabulary) {
        var random = new Random(vocabulary);
        for (double spread : new double[] {0.01, 3, 40}) {
            float[] row = gaussian(random, vocabulary, spread);
            for (int k : new int[] {0, 1, 40, 700, 3000}) {
                for (double p : new double[] {1e-9, 0.3, 0.95, 0.999_999, 1}) {
                    var params = SamplingParams.builder()
                            .temperature(0.8)
                            .topK(k)
                            .topP(p)
                            .build();
                    double[] expected =
                            new NaiveLaw(row).temperature(0.8).topK(k).topP(p).law();
                    assertArrayEquals(
                            expected, Laws.of(params, row), 1e-11, "spread=" + spread + " k=" + k + " p=" + p);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 0.001, 0.5, 1, 3})
    void minPAloneFollowsTheBook(double temperature) {
        float[] row = gaussian(new Random(5), 5000, 4);
        for (double m : new double[] {1e-9, 0.05, 0.5, 1}) {
            var params =
                    SamplingParams.builder().temperature(temperature).minP(m).build();
            double[] expected =
                    new NaiveLaw(row).temperature(temperature).minP(m).law();
            assertArrayEquals(expected, Laws.of(params, row), ROUNDING);
        }
    }

    @Property
    void aConstantAddedToAllLogitsChangesNothing(
            @ForAll("smallRows") float[] row,
            @ForAll @IntRange(min = -64, max = 64) int shift,
            @ForAll @DoubleRange(min = 0.01, max = 1) double p) {
        var params = SamplingParams.builder().temperature(0.7).topP(p).minP(0.1).build();
        float[] shifted = row.clone();
        for (int i = 0; i < row.length; i++) {
            shifted[i] += shift; // exact: the rows lie on a grid
        }
        assertArrayEquals(Laws.of(params, row), Laws.of(params, shifted));
    }

    @Property
    void moreKAndMorePKeepMore(
            @ForAll("smallRows") float[] row,
            @ForAll @IntRange(min = 1, max = 8) int k,
            @ForAll @DoubleRange(min = 0.01, max = 0.9) double p,
            @ForAll @DoubleRange(max = 0.1) double more) {
        assertTrue(survivors(SamplingParams.builder().topK(k).build(), row)
                <= survivors(SamplingParams.builder().topK(k + 1).build(), row));
        assertTrue(survivors(SamplingParams.builder().topP(p).build(), row)
                <= survivors(SamplingParams.builder().topP(p + more).build(), row));
        assertTrue(survivors(SamplingParams.builder().minP(p).build(), row)
                >= survivors(SamplingParams.builder().minP(p + more).build(), row));
    }

    @Property
    void cutsApplyTwiceAsOnce(@ForAll("smallRows") float[] row, @ForAll @IntRange(min = 1, max = 8) int k) {
        var candidates = new Candidates(RowScans.best(), row.length);
        candidates.open(row);
        candidates.keepBest(k, false);
        candidates.keepAtLeast(-1);
        double[] once = law(candidates, row.length);
        candidates.keepBest(k, false);
        candidates.keepAtLeast(-1);
        assertArrayEquals(once, law(candidates, row.length), ROUNDING);
    }

    @Property
    void theBestTokenAlwaysStays(@ForAll("smallRows") float[] row, @ForAll @DoubleRange(min = 0.01, max = 1) double p) {
        var params = SamplingParams.builder().topP(p).minP(p).topK(1).build();
        double[] law = Laws.of(params, row);
        int greedy = new Sampler(SamplingParams.GREEDY, row.length, new int[0], 0, 0).next(row);
        assertEquals(1, law[greedy]);
    }

    @Test
    void tiesAtTheEdgeGoToTheLowestIds() {
        float[] row = {1, 2, 1, 1, 2};
        assertArrayEquals(
                new double[] {0, 0.5, 0, 0, 0.5},
                Laws.of(SamplingParams.builder().topK(2).build(), row),
                ROUNDING);
        double[] three = Laws.of(SamplingParams.builder().topK(3).build(), row);
        assertTrue(three[0] > 0 && three[2] == 0 && three[3] == 0);
    }

    @Test
    void tiesStayWhereAsked() {
        float[] row = {1, 2, 1, 1, 2, 0};
        var params = SamplingParams.builder().keepTies(true);
        double[] law = Laws.of(params.topK(3).build(), row);
        assertTrue(law[0] > 0 && law[2] > 0 && law[3] > 0);
        assertEquals(0, law[5]);
        assertArrayEquals(
                Laws.of(SamplingParams.builder().build(), row),
                Laws.of(params.topK(9).build(), row),
                ROUNDING);
    }

    @Test
    void equalLogitsAreCutByTheirCount() {
        var row = new float[1000];
        double[] law = Laws.of(SamplingParams.builder().topP(0.25).build(), row);
        for (int token = 0; token < row.length; token++) {
            assertEquals(token < 250 ? 1 / 250.0 : 0, law[token], ROUNDING);
        }
    }

    @Test
    void forbiddenTokensAreNeverCandidates() {
        float[] row = {Float.NEGATIVE_INFINITY, 1, Float.NEGATIVE_INFINITY, 1};
        for (var params : new SamplingParams[] {
            SamplingParams.builder().build(),
            SamplingParams.builder().topK(3).build(),
            SamplingParams.builder().topP(0.999).build(),
            SamplingParams.builder().minP(1e-30).build(),
            SamplingParams.builder().temperature(1e6).topK(4).build()
        }) {
            assertArrayEquals(new double[] {0, 0.5, 0, 0.5}, Laws.of(params, row), ROUNDING);
        }
    }

    @Test
    void extremeTemperaturesHaveTheirLimits() {
        float[] row = {1, 3, 2, 3};
        assertArrayEquals(
                new double[] {0, 0.5, 0, 0.5},
                Laws.of(SamplingParams.builder().temperature(1e-6).build(), row),
                ROUNDING);
        assertArrayEquals(
                new double[] {0, 0.5, 0, 0.5},
                Laws.of(SamplingParams.builder().temperature(Double.MIN_VALUE).build(), row),
                ROUNDING);
        assertArrayEquals(
                new double[] {0.25, 0.25, 0.25, 0.25},
                Laws.of(SamplingParams.builder().temperature(1e6).build(), row),
                1e-6);
        float[] huge = {-Float.MAX_VALUE, Float.MAX_VALUE, Float.MIN_VALUE, 0};
        assertArrayEquals(
                new double[] {0, 1, 0, 0},
                Laws.of(SamplingParams.builder().topP(0.9).build(), huge),
                ROUNDING);
    }

    static float[] gaussian(Random random, int vocabulary, double spread) {
        var row = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            row[i] = (float) (random.nextGaussian() * spread);
        }
        return row;
    }

    private static int survivors(SamplingParams params, float[] row) {
        int count = 0;
        for (double p : Laws.of(params, row)) {
            if (p > 0) {
                count++;
            }
        }
        return count;
    }

    private static double[] law(Candidates candidates, int vocabulary) {
        var law = new double[vocabulary];
        for (int token = 0; token < vocabulary; token++) {
            law[token] = candidates.probability(token);
        }
        return law;
    }

    /** Two to eight logits on a coarse grid, so that ties are common; some are forbidden. */
    @Provide
    Arbitrary<float[]> smallRows() {
        Arbitrary<Float> logit = Arbitraries.integers().between(-24, 24).map(i -> i / 8f);
        return Arbitraries.frequencyOf(Tuple.of(9, logit), Tuple.of(1, Arbitraries.just(Float.NEGATIVE_INFINITY)))
                .list()
                .ofMinSize(2)
                .ofMaxSize(8)
                .filter(list -> list.stream().anyMatch(x -> x > -100))
                .map(list -> {
                    var row = new float[list.size()];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = list.get(i);
                    }
                    return row;
                });
    }
}
