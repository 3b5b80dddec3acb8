package dev.gatun.ptx.num;

/**
 * The {@code .approx} functions.
 *
 * <p>Hardware evaluates them by table and interpolation within a bound that the ISA states (ex2 2^-22 relative, lg2 2^-22,
 * rcp and sqrt 1 ulp, rsqrt 2^-22.9, sin and cos 2^-20.9 absolute in [-pi, pi], tanh 2^-11). Here they are computed in
 * double and rounded once, so a result lies well inside the bound but need not equal the hardware's bits.
 */
public final class Approx {
    private static final double LN2 = 0.6931471805599453;

    // Taylor coefficients of exp(f * ln 2) in f: ln(2)^k / k!. With |f| <= 1/2 and eight terms the error is below
    // 2^-35.
    private static final double C1 = LN2;
    private static final double C2 = LN2 * LN2 / 2;
    private static final double C3 = C2 * LN2 / 3;
    private static final double C4 = C3 * LN2 / 4;
    private static final double C5 = C4 * LN2 / 5;
    private static final double C6 = C5 * LN2 / 6;
    private static final double C7 = C6 * LN2 / 7;
    private static final double C8 = C7 * LN2 / 8;
    private static final double C9 = C8 * LN2 / 9;

    private Approx() {}

    public static float ex2(float x) {
        if (Float.isNaN(x)) {
            return x;
        }
        double clamped = Math.max(-200.0, Math.min(200.0, x)); // 2^200 and 2^-200 are beyond float on either side
        double whole = Math.rint(clamped);
        double f = clamped - whole;
        double power =
                1 + f * (C1 + f * (C2 + f * (C3 + f * (C4 + f * (C5 + f * (C6 + f * (C7 + f * (C8 + f * C9))))))));
        return (float) (power * Double.longBitsToDouble((long) (whole + 1023) << 52));
    }

    public static float lg2(float x) {
        return (float) (Math.log(x) / LN2);
    }

    public static float rcp(float x) {
        return 1f / x;
    }

    public static float rsqrt(float x) {
        return (float) (1 / Math.sqrt(x));
    }

    public static float sin(float x) {
        return (float) Math.sin(x);
    }

    public static float cos(float x) {
        return (float) Math.cos(x);
    }

    public static float tanh(float x) {
        return (float) Math.tanh(x);
    }

    /**
     * Division as {@code a * (1 / b)} with the ISA's special case: for 2^126 {@code < |b| < 2^128} a finite {@code a} gives
     * zero, because the reciprocal is flushed.
     */
    public static float divide(float a, float b) {
        float magnitude = Math.abs(b);
        if (magnitude > 0x1p126f && magnitude < Float.POSITIVE_INFINITY) {
            return Float.isInfinite(a) ? Float.NaN : a * Math.copySign(0f, b);
        }
        return a / b;
    }

    /** {@code .f64} reciprocal of the high word, the low word cleared ({@code rcp.approx.ftz.f64}). */
    public static double rcp64(double x) {
        return truncate(1 / flush(truncate(x)));
    }

    /** {@code .f64} reciprocal square root of the high word, the low word cleared ({@code rsqrt.approx.ftz.f64}). */
    public static double rsqrt64(double x) {
        return truncate(1 / Math.sqrt(flush(truncate(x))));
    }

    private static double truncate(double x) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(x) & 0xFFFF_FFFF_0000_0000L);
    }

    private static double flush(double x) {
        return Math.abs(x) < Double.MIN_NORMAL ? Math.copySign(0.0, x) : x;
    }
}
