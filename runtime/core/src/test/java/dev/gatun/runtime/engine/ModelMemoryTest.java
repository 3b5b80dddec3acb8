package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.runtime.MissingCapabilityException;
import org.junit.jupiter.api.Test;

/** What a model takes, and what would fit where it does not. */
class ModelMemoryTest {
    private static final long MB = 1_000_000;

    /** 1000 MB of weights, 4096 tokens (64 pages) of 8 MB a page for each of two sequences, 100 MB of activations. */
    private final ModelMemory memory = new ModelMemory(1000 * MB, 0, 8 * MB, 4 * MB + MB / 4, 100 * MB, 4096, 2);

    @Test
    void isTheSumOfItsParts() {
        assertEquals((1000 + 2 * 64 * 8 + 100) * MB, memory.bytes());
        assertDoesNotThrow(() -> memory.requireFits(memory.bytes(), "free"));
    }

    @Test
    void namesTheContextAndTheCacheThatFit() {
        assertEquals(
                "The model needs about 2124 MB (weights 1000, key-value cache 1024, activations 100) and 1700 MB are free"
                        + " on it; a context of 2368 tokens fits (--context 2368), as do 8-bit keys and values (--kv-type"
                        + " q8_0).",
                refusal(1700));
        assertDoesNotThrow(
                () -> new ModelMemory(1000 * MB, 0, 8 * MB, 5 * MB, 100 * MB, 2368, 2).requireFits(1700 * MB, "free"));
    }

    @Test
    void doesNotNameACacheThatDoesNotFitEither() {
        assertEquals(
                "The model needs about 2124 MB (weights 1000, key-value cache 1024, activations 100) and 1116 MB are free"
                        + " on it; a context of 64 tokens fits (--context 64).",
                refusal(1116));
    }

    @Test
    void saysThatNoContextFits() {
        assertEquals(
                "The model needs about 2124 MB (weights 1000, key-value cache 1024, activations 100) and 1115 MB are free"
                        + " on it; use a smaller model, or one with fewer bits a weight.",
                refusal(1115));
        assertEquals(refusal(0).replace("and 0 MB", "and 900 MB"), refusal(900));
    }

    private String refusal(long availableMegabytes) {
        return String.valueOf(assertThrows(
                        MissingCapabilityException.class,
                        () -> memory.requireFits(availableMegabytes * MB, "free on it"))
                .getMessage());
    }
}
