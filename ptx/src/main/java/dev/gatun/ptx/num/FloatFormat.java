package dev.gatun.ptx.num;

/**
 * A binary floating format narrower than {@code double}: bits of a value and back.
 *
 * <p>{@link #encode} rounds once. Its argument must carry enough to do so: a double that is exact, or that was rounded to
 * odd (see {@link ExactMath}), which keeps every bit a later rounding can depend on.
 */
public enum FloatFormat {
    F32(8, 23, false),
    F16(5, 10, false),
    BF16(8, 7, false),
    TF32(8, 10, false),
    /** Eight bits, no infinity, one NaN per sign, largest value 448 (OCP 8-bit floating point). */
    E4M3(4, 3, true),
    /** Eight bits with infinities and NaN, largest value 57344 (OCP 8-bit floating point). */
    E5M2(5, 2, false);

    private final int exponentBits;
    private final int mantissaBits;
    private final boolean finiteOnly;
    private final int bias;

    FloatFormat(int exponentBits, int mantissaBits, boolean finiteOnly) {
        this.exponentBits = exponentBits;
        this.mantissaBits = mantissaBits;
        this.finiteOnly = finiteOnly;
        this.bias = (1 << (exponentBits - 1)) - 1;
    }

    private int maxExponentField() {
        return (1 << exponentBits) - 1;
    }

    private int signBit() {
        return 1 << (exponentBits + mantissaBits);
    }

    /** The NaN that instructions produce: all ones without the sign. */
    public int nan() {
        return signBit() - 1;
    }

    /** The bits of the largest finite magnitude. */
    public int largest() {
        return finiteOnly ? nan() - 1 : (maxExponentField() << mantissaBits) - 1;
    }

    private int infinity() {
        return finiteOnly ? nan() : maxExponentField() << mantissaBits;
    }

    public double decode(int bits) {
        int mantissa = bits & ((1 << mantissaBits) - 1);
        int exponent = bits >>> mantissaBits & maxExponentField();
        double sign = (bits & signBit()) != 0 ? -1.0 : 1.0;
        if (exponent == maxExponentField() && !finiteOnly) {
            return mantissa != 0 ? Double.NaN : sign * Double.POSITIVE_INFINITY;
        }
        if (finiteOnly && (bits & nan()) == nan()) {
            return Double.NaN;
        }
        return exponent == 0
                ? sign * Math.scalb((double) mantissa, 1 - bias - mantissaBits)
                : sign * Math.scalb((double) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
    }

    /** The bits of {@code value} after one rounding; overflow gives infinity or the largest value, as the mode says. */
    public int encode(double value, Rounding rounding) {
        if (Double.isNaN(value)) {
            return nan();
        }
        int sign = Double.doubleToRawLongBits(value) < 0 ? signBit() : 0;
        double magnitude = Math.abs(value);
        if (magnitude == Double.POSITIVE_INFINITY) {
            return sign | infinity();
        }
        if (magnitude == 0) {
            return sign;
        }
        int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
        double scaled = Math.scalb(magnitude, mantissaBits - exponent); // exact: the integer part is the significand
        double floor = Math.floor(scaled);
        long significand = (long) floor;
        double rest = scaled - floor;
        if (roundsUp(significand, rest, sign != 0, rounding)) {
            significand++;
        }
        // The sum carries into the exponent by itself when the significand overflows or a subnormal becomes normal.
        long bits = ((long) (exponent + bias - 1) << mantissaBits) + significand;
        if (bits > largest()) {
            return sign | overflow(sign != 0, rounding);
        }
        return sign | (int) bits;
    }

    private static boolean roundsUp(long significand, double rest, boolean negative, Rounding rounding) {
        return switch (rounding) {
            case NEAREST_EVEN -> rest > 0.5 || (rest == 0.5 && (significand & 1) != 0);
            case NEAREST_AWAY -> rest >= 0.5;
            case ZERO -> false;
            case DOWN -> negative && rest > 0;
            case UP -> !negative && rest > 0;
        };
    }

    private int overflow(boolean negative, Rounding rounding) {
        boolean stays = rounding == Rounding.ZERO
                || (rounding == Rounding.DOWN && !negative)
                || (rounding == Rounding.UP && negative);
        return stays ? largest() : infinity();
    }

    /** As {@link #encode}, but overflow and infinity give the largest value ({@code .satfinite}). */
    public int encodeFinite(double value, Rounding rounding) {
        int bits = encode(value, rounding);
        int magnitude = bits & nan();
        boolean overflowed = !Double.isNaN(value) && magnitude > largest();
        return overflowed ? (bits & signBit()) | largest() : bits;
    }
}
