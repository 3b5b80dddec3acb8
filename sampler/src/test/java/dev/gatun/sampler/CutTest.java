package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Cuts of the law, beyond what the goldens show. */
class CutTest {
    private static final List<UnaryOperator<SamplingParams.Builder>> CUTS = List.of(
            b -> b.topK(3),
            b -> b.topK(3).keepTies(true),
            b -> b.topP(0.7),
            b -> b.minP(0.2),
            b -> b.typicalP(0.6),
            b -> b.topNSigma(1),
            b -> b.topH(0.6),
            b -> b.epsilonCutoff(0.1),
            b -> b.etaCutoff(0.1),
            b -> b.xtc(new Xtc(1, 0.1)),
            b -> b.dynamicTemperature(new DynamicTemperature(0.9, 1)),
            b -> b.mirostat(new Mirostat(1)),
            b -> b.mirostat(new Mirostat(2)));

    /** Those that never take the best token away, so that greedy choices stay. */
    private static final List<UnaryOperator<SamplingParams.Builder>> ARGMAX_INVARIANT =
            List.of(CUTS.get(0), CUTS.get(2), CUTS.get(3), CUTS.get(5), CUTS.get(6), CUTS.get(7), CUTS.get(8));

    @Test
    void everyCutLeavesALaw() {
        var random = new Random(3);
        float[] oneFinite = {Float.NEGATIVE_INFINITY, -7, Float.NEGATIVE_INFINITY};
        float[][] rows = {
            {0},
            {-5},
            new float[2],
            new float[207],
            oneFinite,
            {1e30f, -1e30f, 0, 1e30f},
            {Float.MIN_VALUE, 0, -Float.MIN_VALUE},
            {Float.MAX_VALUE, -Float.MAX_VALUE},
            LawTest.gaussian(random, 31, 1e-6),
            LawTest.gaussian(random, 65, 30),
            LawTest.gaussian(random, 3000, 3)
        };
        for (float[] row : rows) {
            for (double temperature : new double[] {1e-6, 0.7, 1, 1e6}) {
                for (int cut = 0; cut < CUTS.size(); cut++) {
                    var params = CUTS.get(cut)
                            .apply(SamplingParams.builder().temperature(temperature))
                            .build();
                    double sum = Arrays.stream(Laws.of(params, row)).sum();
                    assertEquals(1, sum, 1e-9, "cut " + cut + ", temperature " + temperature);
                    int token = new Sampler(params, row.length, new int[0], 1, 0).next(row);
                    assertTrue(row[token] > Float.NEGATIVE_INFINITY);
                }
            }
        }
    }

    @Test
    void cutsOfAWholeRowAndOfAListAgree() {
        var random = new Random(4);
        for (int round = 0; round < 20; round++) {
            float[] row = LawTest.gaussian(random, 500, 2 + round % 3);
            for (int cut = 0; cut < CUTS.size(); cut++) {
                var params = CUTS.get(cut).apply(SamplingParams.builder());
                double[] whole = Laws.of(params.order(ChainOrder.VLLM).build(), row);
                float[] same = row.clone();
                var random2 = new Philox(0, 0);
                Chain chain = Chain.compile(params.build(), new int[0], 500, random2);
                var candidates = new Candidates(RowScans.best(), 500);
                candidates.open(same);
                candidates.keepAtLeast(-1000); // keeps all, as a list
                random2.at(0);
                chain.cut(candidates);
                for (int token = 0; token < 500; token++) {
                    assertEquals(whole[token], candidates.probability(token), 1e-12, "cut " + cut);
                }
            }
        }
    }

    @Test
    void permutingTheVocabularyPermutesTheLaw() {
        var random = new Random(5);
        float[] row = LawTest.gaussian(random, 100, 2);
        int[] permutation = random.ints(0, 100).distinct().limit(100).toArray();
        var permuted = new float[100];
        for (int i = 0; i < 100; i++) {
            permuted[permutation[i]] = row[i];
        }
        for (var cut : CUTS) {
            var params = cut.apply(SamplingParams.builder()).build();
            double[] law = Laws.of(params, row);
            double[] permutedLaw = Laws.of(params, permuted);
            for (int i = 0; i < 100; i++) {
                assertEquals(law[i], permutedLaw[permutation[i]], 1e-12);
            }
        }
    }

    @Test
    void someCutsNeverChangeGreedyChoices() {
        var random = new Random(6);
        for (int round = 0; round < 50; round++) {
            float[] row = LawTest.gaussian(random, 100, 1);
            int best = new Sampler(SamplingParams.GREEDY, 100, new int[0], 0, 0).next(row);
            for (var cut : ARGMAX_INVARIANT) {
                var params = cut.apply(SamplingParams.builder());
                double[] law = Laws.of(params.build(), row);
                assertEquals(Arrays.stream(law).max().orElseThrow(), law[best]);
                var greedy = params.temperature(0).build();
                assertEquals(best, new Sampler(greedy, 100, new int[0], 0, 0).next(row));
            }
        }
    }

    @Test
    void xtcStrikesWithItsProbability() {
        float[] row = {2, 2, 0};
        var params = SamplingParams.builder().xtc(new Xtc(0.3, 0.2)).seed(5).build();
        var sampler = new Sampler(params, 3, new int[0], 0, 0);
        int first = 0;
        for (int i = 0; i < 100_000; i++) {
            first += sampler.next(row) == 0 ? 1 : 0;
        }
        double[] whole = Laws.of(SamplingParams.builder().build(), row);
        assertEquals(0.7 * whole[0], first / 100_000.0, 0.01); // excluded whenever it strikes
    }

    @Test
    void anOptionThatConsumesAChanceMovesNoOtherChoice() {
        float[] row = LawTest.gaussian(new Random(7), 200, 0.1);
        var plain = SamplingParams.builder().seed(3);
        var idle = plain.build().toBuilder().xtc(new Xtc(1, 0.4)).build(); // no token is that likely
        assertArrayEquals(
                SamplerTest.tokens(new Sampler(plain.build(), 200, new int[0], 0, 0), row, 100),
                SamplerTest.tokens(new Sampler(idle, 200, new int[0], 0, 0), row, 100));
    }

    @Test
    void mirostatReachesItsTarget() {
        var random = new Random(8);
        for (int version : new int[] {1, 2}) {
            var params = SamplingParams.builder()
                    .mirostat(new Mirostat(version, 3, 0.1))
                    .seed(1)
                    .logprobs(0)
                    .processedLogprobs(true)
                    .build();
            var sampler = new Sampler(params, 2000, new int[0], 0, 0);
            double bits = 0;
            int count = 3000;
            for (int i = 0; i < count; i++) {
                sampler.next(LawTest.gaussian(random, 2000, 2.5));
                bits -= sampler.logprobs().orElseThrow().logprob() / Math.log(2);
            }
            assertEquals(3, bits / count, 0.1, "version " + version);
        }
    }

    @Test
    void topNSigmaDoesNotDependOnTheTemperature() {
        float[] row = LawTest.gaussian(new Random(9), 400, 3);
        boolean[] cold = stays(SamplingParams.builder().topNSigma(1.5).temperature(0.3), row);
        boolean[] hot = stays(SamplingParams.builder().topNSigma(1.5).temperature(3), row);
        boolean[] last =
                stays(SamplingParams.builder().topNSigma(1.5).temperature(3).order(ChainOrder.LLAMACPP), row);
        assertArrayEquals(cold, hot);
        assertArrayEquals(cold, last);
    }

    private static boolean[] stays(SamplingParams.Builder params, float[] row) {
        double[] law = Laws.of(params.build(), row);
        var stays = new boolean[law.length];
        for (int i = 0; i < law.length; i++) {
            stays[i] = law[i] > 0;
        }
        return stays;
    }

    @Test
    void typicalSamplingMayDropTheBestToken() {
        float[] row = {4, 2, 2, 2, 2, 2, 2, 2, 2, 2};
        double[] law = Laws.of(SamplingParams.builder().typicalP(0.3).build(), row);
        assertEquals(0, law[0]);
        assertEquals(1.0 / 9, law[1], 1e-12);
    }
}
