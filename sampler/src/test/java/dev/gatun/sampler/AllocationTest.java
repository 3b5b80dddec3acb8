package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.gatun.sampler.constraint.Grammar;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A token costs no allocation once arrays have grown. */
class AllocationTest {
    private static final int VOCABULARY = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int MOST_ROUNDS = 300;

    /** The least of several rounds: vectors are objects until their loops are compiled, and the JVM itself may allocate. */
    private static long leastBytes(Runnable round) {
        long thread = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < MOST_ROUNDS && least > THREADS_OWN; i++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            round.run();
            least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
        }
        return least - THREADS_OWN;
    }

    /** What the measurement itself allocates. */
    private static final long THREADS_OWN = own();

    private static long own() {
        long thread = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 8; i++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
        }
        return least;
    }

    private static void allocatesNothing(SamplingParams params) {
        float[] row = LawTest.gaussian(new Random(1), VOCABULARY, 4);
        var sampler = new Sampler(params, VOCABULARY, new int[] {2}, 7, 0);
        sampler.prompt(new Random(2).ints(1000, 0, 500).toArray(), 1000);
        for (int i = 0; i < 200; i++) {
            sampler.next(row);
        }
        assertEquals(0, leastBytes(() -> {
            for (int i = 0; i < 20; i++) {
                sampler.next(row);
            }
        }));
    }

    @Test
    void greedyTokens() {
        allocatesNothing(SamplingParams.GREEDY);
    }

    @Test
    void tokensOfThePlainLaw() {
        allocatesNothing(SamplingParams.builder().maxTokens(1000).build());
    }

    @Test
    void tokensOfAFullChain() {
        allocatesNothing(SamplingParams.builder()
                .maxTokens(1000)
                .temperature(0.8)
                .topK(40)
                .topP(0.95)
                .minP(0.01)
                .repetitionPenalty(1.1)
                .presencePenalty(0.1)
                .frequencyPenalty(0.1)
                .minTokens(500)
                .logitBias(Map.of(5, 1f))
                .build());
    }

    @Test
    void tokensOfEveryEdit() {
        allocatesNothing(SamplingParams.builder()
                .maxTokens(1000)
                .repeatLastN(64)
                .repetitionPenalty(1.1)
                .noRepeatNgramSize(3)
                .suppressTokens(List.of(3, 4))
                .badWords(List.of(List.of(8), List.of(9, 10)))
                .sequenceBias(Map.of(List.of(1, 2), 3f))
                .lengthDecay(new LengthDecay(10, 1.01))
                .dry(new Dry(0.8, List.of(List.of(7))))
                .logprobs(20)
                .build());
    }

    @Test
    void tokensOfEveryCut() {
        allocatesNothing(SamplingParams.builder()
                .maxTokens(1000)
                .dynamicTemperature(new DynamicTemperature(0.5, 1))
                .topNSigma(5)
                .typicalP(0.99)
                .topH(0.9)
                .epsilonCutoff(1e-6)
                .etaCutoff(1e-6)
                .xtc(new Xtc(0.5, 0.1))
                .logprobs(5)
                .processedLogprobs(true)
                .build());
    }

    @Test
    void tokensUnderMirostat() {
        allocatesNothing(SamplingParams.builder()
                .maxTokens(1000)
                .mirostat(new Mirostat(1))
                .build());
        allocatesNothing(SamplingParams.builder()
                .maxTokens(1000)
                .mirostat(new Mirostat(2))
                .build());
    }

    @Test
    void stopMatching() {
        var matcher = new StopMatcher(List.of("abab", "bb\u20ac"));
        byte[] text = "abaabcb\u20ac".getBytes(StandardCharsets.UTF_8);
        StopMatcher.Sink sink = (bytes, offset, length) -> {};
        assertEquals(0, leastBytes(() -> {
            for (int i = 0; i < 100; i++) {
                matcher.accept(text, 0, text.length, sink);
            }
        }));
    }

    @Test
    void constrainedTokens() {
        float[] row = LawTest.gaussian(new Random(1), VOCABULARY, 4);
        TokenTrie texts =
                TokenTrie.of(VOCABULARY, token -> Integer.toString(token, 36).getBytes(StandardCharsets.US_ASCII));
        var params = SamplingParams.builder()
                .topK(40)
                .constraint(Grammar.regex("([0-9a-f]+|[g-z]+)*"))
                .build();
        var sampler = new Sampler(params, VOCABULARY, new int[] {2}, 7, 0, texts);
        for (int i = 0; i < 200; i++) {
            sampler.next(row);
        }
        assertEquals(0, leastBytes(() -> {
            for (int i = 0; i < 20; i++) {
                sampler.next(row);
            }
        }));
    }
}
