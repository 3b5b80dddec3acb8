package dev.gatun.sampler.constraint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The decimal notations of whole numbers between two bounds, without leading zeros, perhaps with a point inside. */
final class DigitRange {
    private static final Expr DIGIT = Expr.chars('0', '9');

    private final int decimals; // digits behind the point; 0 for no point

    DigitRange(int decimals) {
        this.decimals = decimals;
    }

    /** The numbers from {@code low} to {@code high}, both included; each stands for itself / 10^decimals. */
    Expr between(BigInteger low, BigInteger high) {
        List<Expr> options = new ArrayList<>();
        if (low.signum() < 0) {
            BigInteger least = high.signum() < 0 ? high.negate() : BigInteger.ONE;
            Expr digits = natural(least, low.negate());
            options.add(Expr.sequence(Expr.text("-"), digits));
        }
        if (high.signum() >= 0) {
            options.add(natural(low.max(BigInteger.ZERO), high));
        }
        return Expr.choice(options);
    }

    private Expr natural(BigInteger low, BigInteger high) {
        List<Expr> options = new ArrayList<>();
        int shortest = decimals + 1;
        int first = Math.max(shortest, low.toString().length());
        int last = Math.max(shortest, high.toString().length());
        for (int length = first; length <= last; length++) {
            BigInteger least = length == shortest ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
            BigInteger most = BigInteger.TEN.pow(length).subtract(BigInteger.ONE);
            String from = padded(low.max(least), length);
            String to = padded(high.min(most), length);
            if (from.compareTo(to) <= 0) {
                options.add(same(from, to));
            }
        }
        return Expr.choice(options);
    }

    private static String padded(BigInteger value, int length) {
        String digits = value.toString();
        return "0".repeat(Math.max(0, length - digits.length())) + digits;
    }

    /** Notations of one length. */
    private Expr same(String from, String to) {
        int length = from.length();
        if (isEach(from, '0') && isEach(to, '9')) {
            return any(length);
        }
        char low = from.charAt(0);
        char high = to.charAt(0);
        String fromRest = from.substring(1);
        String toRest = to.substring(1);
        if (low == high) {
            return digit(low, high, length, same(fromRest, toRest));
        }
        List<Expr> options = new ArrayList<>();
        char firstFree = low;
        char lastFree = high;
        if (!isEach(fromRest, '0')) {
            options.add(digit(low, low, length, same(fromRest, "9".repeat(length - 1))));
            firstFree++;
        }
        if (!isEach(toRest, '9')) {
            options.add(digit(high, high, length, same("0".repeat(length - 1), toRest)));
            lastFree--;
        }
        if (firstFree <= lastFree) {
            options.add(digit(firstFree, lastFree, length, any(length - 1)));
        }
        return Expr.choice(options);
    }

    /** A digit, of {@code length} that are left, and what follows it. */
    private Expr digit(char low, char high, int length, Expr rest) {
        Expr digit = Expr.chars(low, high);
        return decimals > 0 && length == decimals + 1
                ? Expr.sequence(digit, Expr.text("."), rest)
                : Expr.sequence(digit, rest);
    }

    private Expr any(int length) {
        if (decimals > 0 && length > decimals) {
            return Expr.sequence(
                    Expr.repeat(DIGIT, length - decimals, length - decimals),
                    Expr.text("."),
                    Expr.repeat(DIGIT, decimals, decimals));
        }
        return Expr.repeat(DIGIT, length, length);
    }

    private static boolean isEach(String digits, char digit) {
        return digits.chars().allMatch(c -> c == digit);
    }
}
