package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ExponentialTest {

    @Test
    void agreesWithTheStrictFunction() {
        double worst = 0;
        for (double x = 0; x > -708; x -= 0.000_977) {
            double exact = StrictMath.exp(x);
            worst = Math.max(worst, Math.abs(Exponential.exp(x) - exact) / exact);
        }
        assertEquals(0, worst, 1e-15);
    }

    @Test
    void knowsItsEnds() {
        assertEquals(1, Exponential.exp(0));
        assertEquals(1, Exponential.exp(-0.0));
        assertEquals(0, Exponential.exp(Double.NEGATIVE_INFINITY));
        assertEquals(0, Exponential.exp(-1e300));
        assertEquals(1, Exponential.exp(-1e-300));
    }

    @Test
    void powersAreThoseOfTheStrictFunction() {
        for (int n : new int[] {0, 1, 2, 7, 158, 1000}) {
            double exact = StrictMath.pow(1.75, n);
            assertEquals(exact, Exponential.power(1.75, n), exact * 1e-13);
        }
        assertEquals(Double.POSITIVE_INFINITY, Exponential.power(2, 5000));
        assertEquals(0, Exponential.power(0.5, 5000));
        assertEquals(1, Exponential.power(1, Integer.MAX_VALUE));
    }
}
