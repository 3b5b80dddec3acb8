package dev.gatun.sampler.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Numbers between bounds, of at most 16 digits before the point where a bound does not ask for more. With bounds, none are
 * written with an exponent.
 */
final class NumberSchema {
    private static final BigDecimal MOST = BigDecimal.TEN.pow(16).subtract(BigDecimal.ONE);
    private static final int MOST_DECIMALS = 12;

    /** So short that reading it as a {@code double} does not round it up to a bound. */
    private static final Expr FRACTION = RegexParser.whole("\\.\\d{1,6}");

    private final BigDecimal low;
    private final boolean lowIsOut;
    private final BigDecimal high;
    private final boolean highIsOut;

    private NumberSchema(Keywords keywords) {
        Optional<BigDecimal> minimum = keywords.number("minimum");
        Optional<BigDecimal> above = keywords.number("exclusiveMinimum");
        Optional<BigDecimal> maximum = keywords.number("maximum");
        Optional<BigDecimal> below = keywords.number("exclusiveMaximum");
        lowIsOut = above.isPresent() && (minimum.isEmpty() || above.get().compareTo(minimum.get()) >= 0);
        highIsOut = below.isPresent() && (maximum.isEmpty() || below.get().compareTo(maximum.get()) <= 0);
        Optional<BigDecimal> from = lowIsOut ? above : minimum;
        Optional<BigDecimal> to = highIsOut ? below : maximum;
        low = from.orElseGet(() -> MOST.negate().min(to.orElse(MOST).subtract(BigDecimal.ONE)));
        high = to.orElseGet(() -> MOST.max(low.add(BigDecimal.ONE)));
    }

    static Expr expr(Keywords keywords, boolean isInteger) {
        if (!keywords.hasAny("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")) {
            return isInteger ? JsonText.INTEGER : JsonText.NUMBER;
        }
        var bounds = new NumberSchema(keywords);
        List<Expr> options = new ArrayList<>();
        bounds.addScaled(0, options);
        if (!isInteger) {
            bounds.addFractions(options);
            int decimals = Math.max(decimals(bounds.low), decimals(bounds.high));
            if (decimals > MOST_DECIMALS) {
                throw keywords.unsupported("minimum", "bounds have more than " + MOST_DECIMALS + " decimals");
            }
            if (decimals > 0) {
                bounds.addScaled(decimals, options);
            }
        }
        if (options.isEmpty()) {
            String name = keywords.has("minimum") ? "minimum" : "exclusiveMinimum";
            throw keywords.error(name, "no number that can be written here lies between the bounds");
        }
        return Expr.choice(options);
    }

    private static int decimals(BigDecimal bound) {
        return Math.max(0, bound.stripTrailingZeros().scale());
    }

    /** The least whole number that is not below the lower bound times a power of ten. */
    private BigInteger least(int decimals) {
        BigDecimal scaled = low.movePointRight(decimals);
        BigInteger least = scaled.setScale(0, RoundingMode.CEILING).toBigInteger();
        return lowIsOut && new BigDecimal(least).compareTo(scaled) == 0 ? least.add(BigInteger.ONE) : least;
    }

    private BigInteger most(int decimals) {
        BigDecimal scaled = high.movePointRight(decimals);
        BigInteger most = scaled.setScale(0, RoundingMode.FLOOR).toBigInteger();
        return highIsOut && new BigDecimal(most).compareTo(scaled) == 0 ? most.subtract(BigInteger.ONE) : most;
    }

    /** Numbers with exactly so many decimals. */
    private void addScaled(int decimals, List<Expr> options) {
        BigInteger least = least(decimals);
        BigInteger most = most(decimals);
        if (least.compareTo(most) <= 0) {
            options.add(new DigitRange(decimals).between(least, most));
        }
    }

    /** Numbers with any decimals, between whole numbers that lie between the bounds. */
    private void addFractions(List<Expr> options) {
        BigInteger least = least(0);
        BigInteger most = most(0);
        BigInteger from = least.max(BigInteger.ZERO);
        BigInteger to = most.subtract(BigInteger.ONE);
        if (from.compareTo(to) <= 0) {
            options.add(Expr.sequence(new DigitRange(0).between(from, to), FRACTION));
        }
        BigInteger nearest = most.negate().max(BigInteger.ZERO);
        BigInteger farthest = least.negate().subtract(BigInteger.ONE);
        if (nearest.compareTo(farthest) <= 0) {
            options.add(Expr.sequence(Expr.text("-"), new DigitRange(0).between(nearest, farthest), FRACTION));
        }
    }
}
