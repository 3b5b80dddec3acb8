package dev.gatun.bench.golden;

import java.util.Locale;

/**
 * How near two results of one instruction have to be.
 *
 * @param kind what an output word holds and is compared as
 * @param relative most that a number may be off, of itself or (for sums) of the largest of its tile
 * @param absolute most that it may be off besides
 */
public record Agreement(Kind kind, double relative, double absolute) {

    /** What an output word is. */
    public enum Kind {
        /** Bits, all the same. */
        BITS,
        /** A float32; any NaN is any other. */
        FLOAT,
        /** A float32 that is a sum of products: a GPU does not say in which order and precision it adds. */
        SUM,
        /** Two float16 that are sums. */
        HALF_SUMS
    }

    static final Agreement BITS = new Agreement(Kind.BITS, 0, 0);

    /** Of approximate functions: the bound that the ISA states, and the rounding of the machine's own value. */
    static Agreement within(double relative, double absolute) {
        return new Agreement(Kind.FLOAT, relative + 0x1p-23, absolute);
    }

    static Agreement sums(Kind kind, double relative) {
        return new Agreement(kind, relative, 0);
    }

    /** How many words of {@code actual} do not agree with {@code expected}. */
    public int differences(int[] expected, int[] actual) {
        double largest = largest(expected);
        int differences = 0;
        for (int i = 0; i < expected.length; i++) {
            differences += agree(expected[i], actual[i], largest) ? 0 : 1;
        }
        return differences;
    }

    private boolean agree(int expected, int actual, double largest) {
        return expected == actual
                || switch (kind) {
                    case BITS -> false;
                    case FLOAT -> near(Float.intBitsToFloat(expected), Float.intBitsToFloat(actual), 0);
                    case SUM -> near(Float.intBitsToFloat(expected), Float.intBitsToFloat(actual), largest);
                    case HALF_SUMS ->
                        near(half(expected), half(actual), largest)
                                && near(half(expected >>> 16), half(actual >>> 16), largest);
                };
    }

    private boolean near(float expected, float actual, double largest) {
        if (Float.isNaN(expected) || Float.isNaN(actual)) {
            return Float.isNaN(expected) && Float.isNaN(actual);
        }
        if (expected == actual) {
            return kind != Kind.FLOAT || Float.floatToRawIntBits(expected) == Float.floatToRawIntBits(actual);
        }
        double size = kind == Kind.FLOAT ? Math.abs((double) expected) : largest;
        return Math.abs((double) expected - actual) <= relative * size + absolute;
    }

    private double largest(int[] words) {
        double largest = 0;
        for (int word : words) {
            if (kind == Kind.SUM) {
                largest = Math.max(largest, finite(Float.intBitsToFloat(word)));
            } else if (kind == Kind.HALF_SUMS) {
                largest = Math.max(largest, Math.max(finite(half(word)), finite(half(word >>> 16))));
            }
        }
        return largest;
    }

    private static double finite(float value) {
        return Float.isFinite(value) ? Math.abs(value) : 0;
    }

    private static float half(int bits) {
        return Float.float16ToFloat((short) bits);
    }

    @Override
    public String toString() {
        return kind == Kind.BITS
                ? "bit for bit"
                : String.format(Locale.ROOT, "%s within %.2e relative, %.2e absolute", kind, relative, absolute);
    }
}
