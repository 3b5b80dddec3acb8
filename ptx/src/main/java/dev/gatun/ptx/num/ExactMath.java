package dev.gatun.ptx.num;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Results with one rounding, in any mode.
 *
 * <p>For operands of at most 24 significant bits, {@code odd...} gives the double result rounded to odd (Boldo and Melquiond,
 * "Emulation of FMA and correctly rounded sums", 2008): rounding it again to a narrower format in any mode is as good as
 * rounding the exact result. For doubles, {@code add}, {@code fma} and so on compare with the exact value.
 */
public final class ExactMath {
    private ExactMath() {}

    /** Moves an inexact double to the neighbour with an odd last bit, on the side of the exact value. */
    private static double odd(double rounded, double error) {
        if (error == 0 || Double.isNaN(error) || Double.isInfinite(rounded)) {
            return rounded;
        }
        boolean even = (Double.doubleToRawLongBits(rounded) & 1) == 0;
        if (!even) {
            return rounded;
        }
        return error > 0 ? Math.nextUp(rounded) : Math.nextDown(rounded);
    }

    public static double oddAdd(double a, double b) {
        double sum = a + b;
        double virtual = sum - a;
        double error = (a - (sum - virtual)) + (b - virtual);
        return odd(sum, error);
    }

    /** {@code a * b + c}; the product of two operands of at most 24 bits is exact in double. */
    public static double oddFma(double a, double b, double c) {
        return oddAdd(a * b, c);
    }

    public static double oddDivide(double a, double b) {
        double quotient = a / b;
        if (!Double.isFinite(quotient) || quotient == 0) {
            return quotient;
        }
        double remainder = Math.fma(-quotient, b, a);
        return odd(quotient, b > 0 ? remainder : -remainder);
    }

    public static double oddSqrt(double a) {
        double root = Math.sqrt(a);
        return root == 0 || !Double.isFinite(root) ? root : odd(root, Math.fma(-root, root, a));
    }

    /** {@code value} narrowed to {@code float} in the given mode; {@code value} must be exact or rounded to odd. */
    public static float toFloat(double value, Rounding rounding) {
        return rounding == Rounding.NEAREST_EVEN
                ? (float) value
                : Float.intBitsToFloat(FloatFormat.F32.encode(value, rounding));
    }

    public static double add(double a, double b, Rounding rounding) {
        double sum = a + b;
        if (rounding == Rounding.NEAREST_EVEN || !Double.isFinite(a) || !Double.isFinite(b)) {
            return sum;
        }
        BigDecimal exact = new BigDecimal(a).add(new BigDecimal(b));
        return exact.signum() == 0 ? zeroSum(a, b, rounding) : adjust(sum, exact, rounding);
    }

    private static double zeroSum(double a, double b, Rounding rounding) {
        if (a == 0 && b == 0) {
            boolean negative =
                    rounding == Rounding.DOWN ? isNegative(a) || isNegative(b) : isNegative(a) && isNegative(b);
            return negative ? -0.0 : 0.0;
        }
        return rounding == Rounding.DOWN ? -0.0 : 0.0;
    }

    private static boolean isNegative(double value) {
        return Double.doubleToRawLongBits(value) < 0;
    }

    public static double multiply(double a, double b, Rounding rounding) {
        double product = a * b;
        if (rounding == Rounding.NEAREST_EVEN || !Double.isFinite(a) || !Double.isFinite(b) || a == 0 || b == 0) {
            return product;
        }
        return adjust(product, new BigDecimal(a).multiply(new BigDecimal(b)), rounding);
    }

    public static double fma(double a, double b, double c, Rounding rounding) {
        double result = Math.fma(a, b, c);
        if (rounding == Rounding.NEAREST_EVEN || !Double.isFinite(a) || !Double.isFinite(b) || !Double.isFinite(c)) {
            return result;
        }
        if (a == 0 || b == 0) {
            return add(a * b, c, rounding);
        }
        BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
        if (exact.signum() == 0) {
            return rounding == Rounding.DOWN ? -0.0 : 0.0;
        }
        return adjust(result, exact, rounding);
    }

    public static double divide(double a, double b, Rounding rounding) {
        double quotient = a / b;
        if (rounding == Rounding.NEAREST_EVEN || !Double.isFinite(a) || !Double.isFinite(b) || a == 0 || b == 0) {
            return quotient;
        }
        // 800 digits decide on which side of a double the quotient lies: a tie would be exact long before.
        return adjust(quotient, new BigDecimal(a).divide(new BigDecimal(b), new MathContext(800)), rounding);
    }

    public static double sqrt(double a, Rounding rounding) {
        double root = Math.sqrt(a);
        if (rounding == Rounding.NEAREST_EVEN || !Double.isFinite(root) || root == 0) {
            return root;
        }
        BigDecimal square = new BigDecimal(root).multiply(new BigDecimal(root));
        int side = new BigDecimal(a).compareTo(square);
        return move(root, side, rounding);
    }

    /** The double next to {@code exact} in the direction of the mode, given the nearest one. */
    private static double adjust(double nearest, BigDecimal exact, Rounding rounding) {
        if (Double.isInfinite(nearest)) {
            boolean stays = rounding == Rounding.ZERO
                    || (rounding == Rounding.DOWN && nearest > 0)
                    || (rounding == Rounding.UP && nearest < 0);
            return stays ? Math.copySign(Double.MAX_VALUE, nearest) : nearest;
        }
        double moved = move(nearest, exact.compareTo(new BigDecimal(nearest)), rounding);
        return moved == 0 ? Math.copySign(0.0, exact.signum()) : moved;
    }

    /** Moves one step from {@code nearest} if the exact value lies on the {@code side} that the mode asks for. */
    private static double move(double nearest, int side, Rounding rounding) {
        boolean down = rounding == Rounding.DOWN || (rounding == Rounding.ZERO && nearest > 0);
        boolean up = rounding == Rounding.UP || (rounding == Rounding.ZERO && nearest < 0);
        if (side < 0 && down) {
            return Math.nextDown(nearest);
        }
        return side > 0 && up ? Math.nextUp(nearest) : nearest;
    }
}
