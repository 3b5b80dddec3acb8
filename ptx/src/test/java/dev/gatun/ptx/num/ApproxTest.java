package dev.gatun.ptx.num;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ApproxTest {
    /** Two to the x lies within half an ulp and a little of the true value, far inside the ISA's 2^-22. */
    @Test
    void ex2IsNearlyCorrectlyRounded() {
        Random random = new Random(1);
        for (int n = 0; n < 100_000; n++) {
            float x = (float) (random.nextDouble() * 275 - 149);
            double exact = Math.pow(2, x);
            assertTrue(Math.abs(Approx.ex2(x) - exact) <= 0.501 * Math.ulp((float) exact), () -> "x=" + x);
        }
    }

    @Test
    void endsOfRangeAreThoseOfTheIsa() {
        assertEquals(Float.POSITIVE_INFINITY, Approx.ex2(128));
        assertEquals(0f, Approx.ex2(-151));
        assertEquals(Float.NEGATIVE_INFINITY, Approx.lg2(-0f));
        assertTrue(Float.isNaN(Approx.lg2(-1)));
        assertTrue(Float.isNaN(Approx.sin(Float.POSITIVE_INFINITY)));
        assertEquals(Float.NEGATIVE_INFINITY, Approx.rsqrt(-0f) < 0 ? Float.NEGATIVE_INFINITY : 0);
        assertEquals(-1f, Approx.tanh(-50));
        assertTrue(Float.isNaN(Approx.divide(Float.POSITIVE_INFINITY, 1.8e38f)));
    }
}
