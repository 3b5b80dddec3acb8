package dev.gatun.ptx.num;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloatFormatTest {
    private static int bits(FloatFormat format) {
        return switch (format) {
            case E4M3, E5M2 -> 8;
            case F16, BF16 -> 16;
            case TF32 -> 19;
            case F32 -> 20; // the smallest subnormals; the rest is covered by the comparison with Java's cast
        };
    }

    @ParameterizedTest
    @EnumSource
    void everyValueSurvivesTheRoundTrip(FloatFormat format) {
        for (int bits = 0; bits < 1 << bits(format); bits++) {
            double value = format.decode(bits);
            int expected = Double.isNaN(value) ? format.nan() : bits;
            for (Rounding rounding : Rounding.values()) {
                assertEquals(expected, format.encode(value, rounding), () -> format + " " + value);
            }
        }
    }

    /** Between neighbours every mode picks the right one, also just beside the middle. */
    @ParameterizedTest
    @EnumSource
    void roundsBetweenNeighbours(FloatFormat format) {
        for (int low = 0; low < format.largest() && low < 1 << 16; low++) {
            double a = format.decode(low);
            double b = format.decode(low + 1);
            double middle = (a + b) / 2;
            int even = (low & 1) == 0 ? low : low + 1;
            assertEquals(even, format.encode(middle, Rounding.NEAREST_EVEN));
            assertEquals(low + 1, format.encode(middle, Rounding.NEAREST_AWAY));
            assertEquals(low, format.encode(Math.nextDown(middle), Rounding.NEAREST_EVEN));
            assertEquals(low + 1, format.encode(Math.nextUp(middle), Rounding.NEAREST_EVEN));
            assertEquals(low, format.encode(middle, Rounding.ZERO));
            assertEquals(low, format.encode(middle, Rounding.DOWN));
            assertEquals(low + 1, format.encode(middle, Rounding.UP));
            int negative = format.encode(-1.0, Rounding.ZERO) ^ format.encode(1.0, Rounding.ZERO);
            assertEquals((low + 1) | negative, format.encode(-middle, Rounding.DOWN));
            assertEquals(low | negative, format.encode(-middle, Rounding.UP));
        }
    }

    @Test
    void agreesWithJavaOnEveryHalf() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float expected = Float.float16ToFloat((short) bits);
            float got = (float) FloatFormat.F16.decode(bits);
            assertTrue(Float.isNaN(expected) ? Float.isNaN(got) : Float.compare(expected, got) == 0);
        }
        Random random = new Random(3);
        for (int n = 0; n < 200_000; n++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (!Float.isNaN(value)) {
                assertEquals(
                        Float.floatToFloat16(value) & 0xFFFF, FloatFormat.F16.encode(value, Rounding.NEAREST_EVEN));
                assertEquals(Half.fromFloat(value, true), FloatFormat.BF16.encode(value, Rounding.NEAREST_EVEN));
                double close = value * (1 + random.nextGaussian() * 0x1p-25);
                assertEquals(
                        Float.floatToRawIntBits((float) close), FloatFormat.F32.encode(close, Rounding.NEAREST_EVEN));
            }
        }
    }

    @Test
    void saturatesEightBitFloats() {
        assertEquals(0x7E, FloatFormat.E4M3.encodeFinite(1e9, Rounding.NEAREST_EVEN));
        assertEquals(0xFE, FloatFormat.E4M3.encodeFinite(Double.NEGATIVE_INFINITY, Rounding.NEAREST_EVEN));
        assertEquals(0x7E, FloatFormat.E4M3.encodeFinite(464, Rounding.NEAREST_EVEN));
        assertEquals(0x7F, FloatFormat.E4M3.encodeFinite(Double.NaN, Rounding.NEAREST_EVEN));
        assertEquals(448, FloatFormat.E4M3.decode(0x7E));
        assertEquals(0x7B, FloatFormat.E5M2.encodeFinite(1e9, Rounding.NEAREST_EVEN));
        assertEquals(57344, FloatFormat.E5M2.decode(0x7B));
    }

    /** Sums and products of halves against exact decimal arithmetic, rounded once. */
    @Test
    void halfArithmeticRoundsOnce() {
        Random random = new Random(5);
        for (int n = 0; n < 50_000; n++) {
            for (boolean brain : new boolean[] {false, true}) {
                FloatFormat format = brain ? FloatFormat.BF16 : FloatFormat.F16;
                int a = random.nextInt(1 << 16);
                int b = random.nextInt(1 << 16);
                int c = random.nextInt(1 << 16);
                double x = format.decode(a);
                double y = format.decode(b);
                double z = format.decode(c);
                if (Double.isFinite(x) && Double.isFinite(y) && Double.isFinite(z)) {
                    assertEquals(exact(format, new BigDecimal(x).add(new BigDecimal(y)), x + y), Half.add(a, b, brain));
                    assertEquals(
                            exact(format, new BigDecimal(x).multiply(new BigDecimal(y)), x * y),
                            Half.multiply(a, b, brain));
                    assertEquals(
                            exact(
                                    format,
                                    new BigDecimal(x)
                                            .multiply(new BigDecimal(y))
                                            .add(new BigDecimal(z)),
                                    Math.fma(x, y, z)),
                            Half.fma(a, b, c, brain));
                }
            }
        }
    }

    /** The nearest value of a format, found by comparing exactly with the neighbours of the double's encoding. */
    private static int exact(FloatFormat format, BigDecimal value, double sign) {
        if (value.signum() == 0) {
            return format.encode(sign, Rounding.NEAREST_EVEN);
        }
        int down = format.encode(value.abs().doubleValue(), Rounding.ZERO);
        while (new BigDecimal(format.decode(down)).compareTo(value.abs()) > 0) {
            down--;
        }
        int negative = value.signum() < 0 ? 0x8000 : 0;
        BigDecimal low = new BigDecimal(format.decode(down));
        if (down == format.largest()) {
            BigDecimal step = low.subtract(new BigDecimal(format.decode(down - 1)));
            boolean overflows = value.abs().subtract(low).compareTo(step.divide(BigDecimal.valueOf(2))) >= 0;
            return (overflows ? down + 1 : down) | negative;
        }
        BigDecimal high = new BigDecimal(format.decode(down + 1));
        int side = value.abs().subtract(low).compareTo(high.subtract(value.abs()));
        int picked = side < 0 || (side == 0 && (down & 1) == 0) ? down : down + 1;
        return picked | negative;
    }
}
