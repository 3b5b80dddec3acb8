package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.runtime.TestData;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prefill of n tokens, n decodes and any chunking give the same logits, bit for bit. */
class ChunkingTest {

    @ParameterizedTest
    @EnumSource(names = {"F32", "INT8"})
    void anyChunkGivesTheSameBitsOnTheCpu(Activations activations) {
        int[] tokens = new Random(5).ints(75, 0, 49_152).toArray();
        EngineOptions options = EngineOptions.DEFAULTS.withContext(128).withActivations(activations);
        List<float[]> oneByOne = logits(options.withPrefillChunk(1), tokens);
        for (int chunk : new int[] {2, 7, 32}) {
            assertSameBits(oneByOne, logits(options.withPrefillChunk(chunk), tokens), chunk);
        }
        assertSameBits(oneByOne, logits(options.withPrefillChunk(32).withThreads(1), tokens), 32);
    }

    @Test
    @Tag("slow")
    void anyChunkGivesTheSameBitsOnTheReference() {
        int[] tokens = new Random(6).ints(7, 0, 49_152).toArray();
        EngineOptions options = EngineOptions.DEFAULTS.withContext(64).withBackend(BackendChoice.REFERENCE);
        List<float[]> oneByOne = logits(options.withPrefillChunk(1), tokens);
        assertSameBits(oneByOne, logits(options.withPrefillChunk(3), tokens), 3);
        assertSameBits(oneByOne, logits(options.withPrefillChunk(7), tokens), 7);
    }

    private static List<float[]> logits(EngineOptions options, int[] tokens) {
        List<float[]> rows = new ArrayList<>();
        try (Engine engine = Engine.open(TestData.smollm2(), options)) {
            engine.evaluate(tokens, 0, (position, logits) -> rows.add(logits.clone()));
        }
        return rows;
    }

    private static void assertSameBits(List<float[]> expected, List<float[]> found, int chunk) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), found.get(i), "chunk " + chunk + ", position " + i);
        }
    }
}
