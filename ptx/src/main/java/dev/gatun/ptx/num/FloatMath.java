package dev.gatun.ptx.num;

/** Single-precision arithmetic with the modifiers of PTX: rounding mode, {@code .ftz}, {@code .sat}, NaN rules. */
public final class FloatMath {
    private FloatMath() {}

    /** A subnormal becomes zero of the same sign. */
    public static float flush(float value) {
        return Math.abs(value) < Float.MIN_NORMAL ? Math.copySign(0f, value) : value;
    }

    /** Clamps to [0, 1]; NaN gives +0. */
    public static float saturate(float value) {
        if (!(value > 0)) {
            return 0f;
        }
        return Math.min(value, 1f);
    }

    public static double saturate(double value) {
        if (!(value > 0)) {
            return 0;
        }
        return Math.min(value, 1);
    }

    public static float add(float a, float b, Rounding rounding) {
        if (rounding == Rounding.NEAREST_EVEN) {
            return a + b;
        }
        double sum = ExactMath.oddAdd(a, b);
        return sum == 0 ? (float) ExactMath.add(a, b, rounding) : ExactMath.toFloat(sum, rounding);
    }

    public static float multiply(float a, float b, Rounding rounding) {
        return rounding == Rounding.NEAREST_EVEN ? a * b : ExactMath.toFloat((double) a * b, rounding);
    }

    public static float fma(float a, float b, float c, Rounding rounding) {
        if (rounding == Rounding.NEAREST_EVEN) {
            return Math.fma(a, b, c);
        }
        double sum = ExactMath.oddFma(a, b, c);
        return sum == 0 ? (float) ExactMath.add((double) a * b, c, rounding) : ExactMath.toFloat(sum, rounding);
    }

    public static float divide(float a, float b, Rounding rounding) {
        return rounding == Rounding.NEAREST_EVEN ? a / b : ExactMath.toFloat(ExactMath.oddDivide(a, b), rounding);
    }

    public static float sqrt(float a, Rounding rounding) {
        return rounding == Rounding.NEAREST_EVEN
                ? (float) Math.sqrt(a)
                : ExactMath.toFloat(ExactMath.oddSqrt(a), rounding);
    }

    /** The lesser operand; a NaN loses against a number unless it propagates. */
    public static float minimum(float a, float b, boolean propagatesNan) {
        if (Float.isNaN(a) || Float.isNaN(b)) {
            return propagatesNan ? Float.NaN : Float.isNaN(a) ? b : a;
        }
        return Math.min(a, b);
    }

    public static float maximum(float a, float b, boolean propagatesNan) {
        if (Float.isNaN(a) || Float.isNaN(b)) {
            return propagatesNan ? Float.NaN : Float.isNaN(a) ? b : a;
        }
        return Math.max(a, b);
    }

    public static double minimum(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Double.isNaN(a) ? b : a;
        }
        return Math.min(a, b);
    }

    public static double maximum(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Double.isNaN(a) ? b : a;
        }
        return Math.max(a, b);
    }
}
