package dev.gatun.sampler;

/**
 * The exponential function, defined operation by operation, so that every machine and every vector width gets the same
 * bits. {@link Math#exp} promises only to be within one unit in the last place.
 *
 * <p>x = n ln 2 + r with |r| at most ln 2 / 2, and e^x = 2^n e^r with a polynomial of degree ten, 1 + r q(r), q being (e^r
 * - 1) / r at ten Chebyshev points: the relative error is below 1e-15.
 */
final class Exponential {
    /** Below it the result counts as zero; it would be near the smallest normal number. */
    static final double FLOOR = -708;

    static final double LOG2_E = 0x1.71547652b82fep0;
    /** 1.5 * 2^52: adding and subtracting it rounds a double below 2^51 to an integer, ties to even. */
    static final double ROUNDING = 0x1.8p52;

    static final double LN2_HIGH = 0x1.62e42fefa38p-1;
    static final double LN2_LOW = 0x1.ef35793c7673p-45;
    static final double C10 = 0x1.289185613a3d6p-22;
    static final double C9 = 0x1.72e1150d0c9b6p-19;
    static final double C8 = 0x1.a019b90d2ae7ap-16;
    static final double C7 = 0x1.a01994bd214e7p-13;
    static final double C6 = 0x1.6c16c1788bd90p-10;
    static final double C5 = 0x1.11111123c1f47p-7;
    static final double C4 = 0x1.5555555553d63p-5;
    static final double C3 = 0x1.5555555550d79p-3;
    static final double C2 = 0x1.0000000000001p-1;
    static final double C1 = 0x1.0000000000006p0;
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
        double p = Math.fma(C10, r, C9);
        p = Math.fma(p, r, C8);
        p = Math.fma(p, r, C7);
        p = Math.fma(p, r, C6);
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, C1);
        p = Math.fma(p, r, 1);
        // The low bits of the shifted number are n.
        return p * Double.longBitsToDouble((Double.doubleToRawLongBits(shifted) + EXPONENT_BIAS) << MANTISSA_BITS);
    }

    /** base^n for n at least 0, by squaring; {@link StrictMath#pow} allocates. */
    static double power(double base, int n) {
        double result = 1;
        double square = base;
        for (int rest = n; rest > 0; rest >>= 1) {
            if ((rest & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }
}
