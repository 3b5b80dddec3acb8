package dev.gatun.ptx.num;

/** The 16-bit formats f16 and bf16, as instructions see them: bits in the low half of an int. */
public final class Half {
    private static final int CANONICAL_NAN = 0x7FFF;

    private Half() {}

    public static float toFloat(int bits, boolean brain) {
        return brain ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat((short) bits);
    }

    /** Rounds a float once, to nearest even; NaN becomes the canonical one. */
    public static int fromFloat(float value, boolean brain) {
        if (Float.isNaN(value)) {
            return CANONICAL_NAN;
        }
        if (!brain) {
            return Float.floatToFloat16(value) & 0xFFFF;
        }
        int bits = Float.floatToRawIntBits(value);
        return (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
    }

    private static int fromOdd(double value, boolean brain) {
        return (brain ? FloatFormat.BF16 : FloatFormat.F16).encode(value, Rounding.NEAREST_EVEN);
    }

    public static int add(int a, int b, boolean brain) {
        return fromOdd(ExactMath.oddAdd(toFloat(a, brain), toFloat(b, brain)), brain);
    }

    public static int subtract(int a, int b, boolean brain) {
        return fromOdd(ExactMath.oddAdd(toFloat(a, brain), -toFloat(b, brain)), brain);
    }

    public static int multiply(int a, int b, boolean brain) {
        return fromOdd((double) toFloat(a, brain) * toFloat(b, brain), brain);
    }

    public static int fma(int a, int b, int c, boolean brain) {
        return fromOdd(ExactMath.oddFma(toFloat(a, brain), toFloat(b, brain), toFloat(c, brain)), brain);
    }

    /** A subnormal becomes zero of the same sign ({@code .ftz}, f16 only). */
    public static int flush(int bits) {
        return (bits & 0x7C00) == 0 ? bits & 0x8000 : bits;
    }

    /** Clamps to [0, 1]; NaN gives zero. */
    public static int saturate(int bits, boolean brain) {
        float value = toFloat(bits, brain);
        if (!(value > 0)) {
            return 0;
        }
        return value > 1 ? fromFloat(1, brain) : bits;
    }

    /** Negative values become zero, NaN the canonical one ({@code .relu}). */
    public static int relu(int bits, boolean brain) {
        float value = toFloat(bits, brain);
        if (Float.isNaN(value)) {
            return CANONICAL_NAN;
        }
        return value > 0 ? bits : 0;
    }

    public static int minimum(int a, int b, boolean brain, boolean propagatesNan) {
        return pick(a, b, brain, propagatesNan, true);
    }

    public static int maximum(int a, int b, boolean brain, boolean propagatesNan) {
        return pick(a, b, brain, propagatesNan, false);
    }

    private static int pick(int a, int b, boolean brain, boolean propagatesNan, boolean least) {
        float x = toFloat(a, brain);
        float y = toFloat(b, brain);
        if (Float.isNaN(x) || Float.isNaN(y)) {
            boolean both = Float.isNaN(x) && Float.isNaN(y);
            if (both || propagatesNan) {
                return CANONICAL_NAN;
            }
            return Float.isNaN(x) ? b : a;
        }
        float picked = least ? Math.min(x, y) : Math.max(x, y); // orders -0 below +0, as the ISA does
        return Float.floatToRawIntBits(picked) == Float.floatToRawIntBits(x) ? a : b;
    }
}
