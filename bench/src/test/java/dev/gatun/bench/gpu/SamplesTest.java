package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SamplesTest {
    private static Samples of(double... values) {
        Samples samples = new Samples();
        for (double value : values) {
            samples.add(value);
        }
        return samples;
    }

    @Test
    void quantilesLieBetweenNeighbours() {
        Samples samples = of(4, 1, 3, 2);
        assertEquals(2.5, samples.median());
        assertEquals(1, samples.quantile(0));
        assertEquals(4, samples.quantile(1));
        assertEquals(1.75, samples.quantile(0.25));
        assertEquals(7, of(7).median());
        assertThrows(IllegalStateException.class, () -> new Samples().median());
    }

    @Test
    void sufficeWhenTheMeanIsKnown() {
        Samples steady = of(100, 100.1, 99.9, 100, 100.1, 99.9, 100, 100.1, 99.9);
        assertFalse(steady.suffice(), "nine are too few");
        steady.add(100);
        assertTrue(steady.suffice());
        assertFalse(of(50, 150, 60, 140, 70, 130, 80, 120, 90, 110).suffice());
    }
}
