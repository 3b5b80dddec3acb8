package dev.gatun.sampler;

/** Checks of options against their ranges; each failure names option, value and range. */
final class Ranges {
    private Ranges() {}

    static double within(String option, double value, double least, double most) {
        return check(option, value, value >= least && value <= most, "[" + text(least) + ", " + text(most) + "]");
    }

    /** The least value itself is outside. */
    static double above(String option, double value, double least, double most) {
        return check(option, value, value > least && value <= most, "(" + text(least) + ", " + text(most) + "]");
    }

    /** Finite and not negative. */
    static double notNegative(String option, double value) {
        return check(option, value, value >= 0 && value <= Double.MAX_VALUE, "[0, infinity)");
    }

    static int atLeast(String option, int value, int least) {
        if (value < least) {
            throw new InvalidSamplingException(option, option + "=" + value + " is below " + least);
        }
        return value;
    }

    static int token(String option, int token, int vocabulary) {
        if (token < 0 || token >= vocabulary) {
            throw new InvalidSamplingException(
                    option, option + ": token " + token + " is outside the vocabulary, 0 to " + (vocabulary - 1));
        }
        return token;
    }

    static double check(String option, double value, boolean isInside, String range) {
        if (!isInside) {
            throw new InvalidSamplingException(option, option + "=" + text(value) + " is outside " + range);
        }
        return value;
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
