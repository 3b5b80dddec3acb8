package dev.gatun.sampler;

/**
 * The exponential function, defined operation by operation, so that every machine and every vector width gets the same
 * bits. {@link Math#exp} promises only to be within one unit in the last place.
 *
 * <p>x = n ln 2 + r with |r| at most ln 2 / 2, and e^x = 2^n e^r with the Taylor series of e^r to the twelfth power: the
 * relative error is below 1e-15.
 */
final class Exponential {
    /** Below it the result counts as zero; it would be near the smallest normal number. */
    static final double FLOOR = -708;

    static final double LOG2_E = 0x1.71547652b82fep0;
    /** 1.5 * 2^52: adding and subtracting it rounds a double below 2^51 to an integer, ties to even. */
    static final double ROUNDING = 0x1.8p52;

    static final double LN2_HIGH = 0x1.62e42fefa38p-1;
    static final double LN2_LOW = 0x1.ef35793c7673p-45;
    static final double C12 = 1.0 / 479_001_600;
    static final double C11 = 1.0 / 39_916_800;
    static final double C10 = 1.0 / 3_628_800;
    static final double C9 = 1.0 / 362_880;
    static final double C8 = 1.0 / 40_320;
    static final double C7 = 1.0 / 5_040;
    static final double C6 = 1.0 / 720;
    static final double C5 = 1.0 / 120;
    static final double C4 = 1.0 / 24;
    static final double C3 = 1.0 / 6;
    static final double C2 = 0.5;
    static final int MANTISSA_BITS = 52;
    static final long EXPONENT_BIAS = 1023;

    private Exponential() {}

    /** e^x for x at most 0. */
    static double exp(double x) {
        if (x < FLOOR) {
            return 0;
        }
        double shifted = Math.fma(x, LOG2_E, ROUNDING);
        double n = shifted - ROUNDING;
        double r = Math.fma(n, -LN2_HIGH, x);
        r = Math.fma(n, -LN2_LOW, r);
        double p = Math.fma(C12, r, C11);
        p = Math.fma(p, r, C10);
        p = Math.fma(p, r, C9);
        p = Math.fma(p, r, C8);
        p = Math.fma(p, r, C7);
        p = Math.fma(p, r, C6);
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1);
        p = Math.fma(p, r, 1);
        // The low bits of the shifted number are n.
        return p * Double.longBitsToDouble((Double.doubleToRawLongBits(shifted) + EXPONENT_BIAS) << MANTISSA_BITS);
    }
}
