package dev.gatun.ptx.num;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Every directed mode brackets the exact result by one step. */
class ExactMathTest {
    private final Random random = new Random(9);

    private float operand() {
        return Float.intBitsToFloat((random.nextInt() & 0x807F_FFFF) | (random.nextInt(60) + 97) << 23);
    }

    private static void assertDirected(BigDecimal exact, ToDoubleFunction<Rounding> result) {
        float down = (float) result.applyAsDouble(Rounding.DOWN);
        float up = (float) result.applyAsDouble(Rounding.UP);
        float zero = (float) result.applyAsDouble(Rounding.ZERO);
        assertEquals(true, new BigDecimal(down).compareTo(exact) <= 0, () -> down + " is above " + exact);
        assertEquals(true, new BigDecimal(up).compareTo(exact) >= 0, () -> up + " is below " + exact);
        boolean isExact = new BigDecimal(down).compareTo(exact) == 0;
        assertEquals(isExact ? down : Math.nextUp(down), up);
        assertEquals(exact.signum() >= 0 ? down : up, zero);
    }

    @Test
    void directedSinglePrecisionBracketsTheExactResult() {
        for (int n = 0; n < 20_000; n++) {
            float a = operand();
            float b = operand();
            float c = operand();
            BigDecimal x = new BigDecimal(a);
            BigDecimal y = new BigDecimal(b);
            assertDirected(x.add(y), rounding -> FloatMath.add(a, b, rounding));
            assertDirected(x.multiply(y), rounding -> FloatMath.multiply(a, b, rounding));
            assertDirected(x.multiply(y).add(new BigDecimal(c)), rounding -> FloatMath.fma(a, b, c, rounding));
            assertDirected(x.divide(y, new MathContext(60)), rounding -> FloatMath.divide(a, b, rounding));
            assertDirected(x.abs().sqrt(new MathContext(60)), rounding -> FloatMath.sqrt(Math.abs(a), rounding));
        }
    }
}
