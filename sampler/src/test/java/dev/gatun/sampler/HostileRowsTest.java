package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random options against random rows with the worst that floats have to offer. */
class HostileRowsTest {
    private static final float[] NASTY = {
        Float.NEGATIVE_INFINITY,
        -Float.MAX_VALUE,
        Float.MAX_VALUE,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        0,
        -0f,
        1e-30f,
        1e30f,
        -1e30f
    };

    @Test
    void everyOutcomeIsATokenOrANamedFailure() {
        int failures = 0;
        for (int seed = 0; seed < 6000; seed++) {
            var random = new Random(seed);
            int vocabulary = new int[] {1, 2, 5, 31, 64, 65, 207, 1500}[random.nextInt(8)];
            SamplingParams params = options(random, vocabulary);
            var sampler = new Sampler(params, vocabulary, new int[] {random.nextInt(vocabulary)}, seed, 0);
            sampler.prompt(random.ints(20, 0, vocabulary).toArray(), 20);
            for (int i = 0; i < 5; i++) {
                float[] row = row(random, vocabulary);
                float[] before = row.clone();
                try {
                    int token = sampler.next(row);
                    assertTrue(row[token] > Float.NEGATIVE_INFINITY, "seed=" + seed);
                    sampler.logprobs().ifPresent(HostileRowsTest::checkLogprobs);
                } catch (InvalidLogitsException e) {
                    assertTrue(String.valueOf(e.getMessage()).contains(" "), "seed=" + seed);
                    failures++;
                }
                SamplerTest.assertSameBits(before, row);
            }
        }
        assertTrue(failures > 100 && failures < 15_000, "failures=" + failures);
    }

    private static void checkLogprobs(Logprobs logprobs) {
        assertTrue(logprobs.logprob() <= 1e-12, () -> "logprob=" + logprobs.logprob());
        double sum = 0;
        for (int rank = 0; rank < logprobs.count(); rank++) {
            sum += Math.exp(logprobs.logprob(rank));
        }
        assertTrue(sum < 1 + 1e-9);
    }

    @Test
    void theSameOptionsGiveTheSameTokensTwice() {
        for (int seed = 0; seed < 500; seed++) {
            assertArrayEquals(tokens(seed), tokens(seed), "seed=" + seed);
        }
    }

    private static int[] tokens(int seed) {
        var random = new Random(seed);
        SamplingParams params = options(random, 207);
        var sampler = new Sampler(params, 207, new int[] {3}, seed, 0);
        return SamplerTest.tokens(sampler, LawTest.gaussian(random, 207, 3), 6);
    }

    private static float[] row(Random random, int vocabulary) {
        float[] row = LawTest.gaussian(random, vocabulary, Math.exp(random.nextGaussian() * 3));
        int kind = random.nextInt(10);
        for (int i = 0; i < vocabulary; i++) {
            if (kind == 0 || (kind < 5 && random.nextInt(4) == 0)) {
                row[i] = NASTY[random.nextInt(NASTY.length)];
            }
        }
        if (kind == 9) {
            Arrays.fill(row, NASTY[random.nextInt(NASTY.length)]);
        }
        if (random.nextInt(40) == 0) {
            row[random.nextInt(vocabulary)] = random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY;
        }
        return row;
    }

    private static SamplingParams options(Random random, int vocabulary) {
        var builder = SamplingParams.builder()
                .order(List.of(ChainOrder.VLLM, ChainOrder.HF, ChainOrder.LLAMACPP)
                        .get(random.nextInt(3)))
                .temperature(Math.exp(random.nextGaussian() * 4));
        if (random.nextInt(8) == 0) {
            builder.mirostat(new Mirostat(1 + random.nextInt(2), random.nextDouble() * 8, random.nextDouble()));
        } else {
            cuts(random, builder);
        }
        if (random.nextBoolean()) {
            builder.repetitionPenalty(Math.exp(random.nextGaussian()))
                    .presencePenalty(random.nextDouble(-2, 2))
                    .frequencyPenalty(random.nextDouble(-2, 2))
                    .repeatLastN(random.nextInt(-1, 30))
                    .countPrompt(random.nextBoolean());
        }
        if (random.nextBoolean()) {
            edits(random, builder, vocabulary);
        }
        if (random.nextInt(3) == 0) {
            builder.logprobs(random.nextInt(21)).processedLogprobs(random.nextBoolean());
        }
        return builder.build();
    }

    private static void cuts(Random random, SamplingParams.Builder builder) {
        switch (random.nextInt(12)) {
            case 0 -> builder.topK(1 + random.nextInt(2000)).keepTies(random.nextBoolean());
            case 1 -> builder.topP(Math.pow(random.nextDouble(), 4) + 1e-300);
            case 2 -> builder.minP(Math.pow(random.nextDouble(), 9));
            case 3 -> builder.typicalP(random.nextDouble() + 1e-12);
            case 4 -> builder.topNSigma(random.nextDouble() * 5);
            case 5 -> builder.topH(random.nextDouble() + 1e-12);
            case 6 -> builder.epsilonCutoff(Math.pow(random.nextDouble(), 5));
            case 7 -> builder.etaCutoff(Math.pow(random.nextDouble(), 5));
            case 8 -> builder.xtc(new Xtc(random.nextDouble(), random.nextDouble() / 2));
            case 9 -> builder.dynamicTemperature(new DynamicTemperature(random.nextDouble() * 3, random.nextInt(3)));
            default -> {
                builder.topK(random.nextInt(50))
                        .topP(0.9)
                        .minP(0.01)
                        .typicalP(0.95)
                        .topNSigma(3);
                builder.epsilonCutoff(0.001).etaCutoff(0.001).topH(0.9).xtc(new Xtc(0.5, 0.1));
            }
        }
    }

    private static void edits(Random random, SamplingParams.Builder builder, int vocabulary) {
        var bias = new HashMap<Integer, Float>();
        var words = new ArrayList<List<Integer>>();
        for (int i = 0; i < 3; i++) {
            bias.put(random.nextInt(vocabulary), random.nextFloat(-100, 100));
            words.add(random.ints(1 + random.nextInt(3), 0, vocabulary).boxed().toList());
        }
        builder.logitBias(bias)
                .badWords(words)
                .suppressTokens(List.of(random.nextInt(vocabulary)))
                .noRepeatNgramSize(random.nextInt(4))
                .minTokens(random.nextInt(4))
                .lengthDecay(new LengthDecay(random.nextInt(4), random.nextDouble() * 3 + 0.1))
                .dry(new Dry(random.nextDouble(), List.of(List.of(random.nextInt(vocabulary)))));
    }
}
