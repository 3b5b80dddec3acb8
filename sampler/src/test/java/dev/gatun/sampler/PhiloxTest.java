package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PhiloxTest {

    private static int[] block(long seed, int c0, int c1, int c2, int c3) {
        var philox = new Philox(seed, 0);
        philox.block(c0, c1, c2, c3);
        return new int[] {philox.word(0), philox.word(1), philox.word(2), philox.word(3)};
    }

    /** The known answers that the authors distribute with Random123. */
    @Test
    void givesTheKnownAnswers() {
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, block(0, 0, 0, 0, 0));
        assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, block(-1, -1, -1, -1, -1));
        assertArrayEquals(
                new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                block(0x299f31d0a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344));
    }

    /** The vectors of the README. */
    @Test
    void uniformsAreThoseOfTheSpecification() {
        assertEquals(0x1.989fa35785a70p-2, uniform(0, 0, 0));
        assertEquals(0x1.39d5e0a6efea9p-1, uniform(42, 0, 0));
        assertEquals(0x1.499bb49028f40p-7, uniform(42, 1, 0));
        assertEquals(0x1.f9b6424ea774dp-1, uniform(42, 0, 1));
        assertEquals(0x1.d2f0d0f731520p-5, uniform(-1, 7, 1000));
    }

    private static double uniform(long seed, int choice, long position) {
        var philox = new Philox(seed, choice);
        philox.at(position);
        return philox.uniform();
    }

    @Test
    void numbersLieInTheUnitInterval() {
        var philox = new Philox(7, 3);
        double sum = 0;
        for (int position = 0; position < 10_000; position++) {
            philox.at(position);
            assertTrue(philox.uniform() >= 0 && philox.uniform() < 1);
            assertTrue(philox.secondUniform() >= 0 && philox.secondUniform() < 1);
            sum += philox.uniform();
        }
        assertEquals(0.5, sum / 10_000, 0.01);
    }

    @Test
    void aPositionDoesNotDependOnWhatWasAskedBefore() {
        var one = new Philox(42, 0);
        var other = new Philox(42, 0);
        one.at(5);
        for (int position = 0; position < 5; position++) {
            other.at(position);
        }
        other.at(5);
        assertEquals(one.uniform(), other.uniform());
    }

    @Test
    void choicesAndSeedsDiffer() {
        var one = new Philox(42, 0);
        var choice = new Philox(42, 1);
        var seed = new Philox(43, 0);
        one.at(0);
        choice.at(0);
        seed.at(0);
        assertNotEquals(one.uniform(), choice.uniform());
        assertNotEquals(one.uniform(), seed.uniform());
        assertNotEquals(one.uniform(), one.secondUniform());
    }
}
