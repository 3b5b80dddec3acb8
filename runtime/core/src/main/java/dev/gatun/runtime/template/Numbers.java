package dev.gatun.runtime.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** The filters {@code int}, {@code float} and {@code round}. */
final class Numbers {

    private Numbers() {}

    static Value toReal(Value target, Arguments arguments) {
        Value otherwise = Arguments.value(arguments.bind("float", "default")[0], new Value.Real(0));
        Double real = target instanceof Text text ? parseReal(text.string()) : Operators.real(target);
        return real == null ? otherwise : new Value.Real(real);
    }

    static Value toInteger(Value target, Arguments arguments) {
        var given = arguments.bind("int", "default", "base");
        Value otherwise = Arguments.value(given[0], Value.of(0));
        if (target instanceof Text text) {
            String digits = text.strip(true, true, "").string();
            long base = Arguments.integer("int", given[1], 10);
            if (base < 2 || base > 36) {
                throw new Fault("int() needs a base from 2 to 36, not " + base);
            }
            try {
                return Value.of(Long.parseLong(digits.replace("_", ""), (int) base));
            } catch (NumberFormatException notAnInteger) {
                Double real = parseReal(digits);
                return real == null ? otherwise : truncate(real, otherwise);
            }
        }
        Long integer = Operators.integer(target);
        if (integer != null) {
            return Value.of(integer);
        }
        return target instanceof Value.Real real ? truncate(real.value(), otherwise) : otherwise;
    }

    private static Value truncate(double value, Value otherwise) {
        return Math.abs(value) < 0x1p63 ? Value.of((long) value) : otherwise;
    }

    private static @Nullable Double parseReal(String text) {
        String digits = text.strip();
        if (digits.isEmpty() || digits.length() > 400 || "dDfF".indexOf(digits.charAt(digits.length() - 1)) >= 0) {
            return null;
        }
        try {
            return Double.valueOf(digits);
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    static Value round(Value target, Arguments arguments) {
        var given = arguments.bind("round", "precision", "method");
        long precision = Arguments.integer("round", given[0], 0);
        String method =
                given[1] == null ? "common" : Arguments.text("round", given[1]).string();
        RoundingMode mode = switch (method) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new Fault("method must be common, ceil or floor");
        };
        Double real = Operators.real(target);
        if (real == null) {
            throw new Fault("a value of type " + Value.typeName(target) + " cannot be rounded");
        }
        if (method.equals("common") && target instanceof Value.Int && precision >= 0) {
            return target;
        }
        if (Math.abs(precision) > 300 || real.isInfinite() || real.isNaN()) {
            return new Value.Real(real);
        }
        return new Value.Real(
                new BigDecimal(real).setScale((int) precision, mode).doubleValue());
    }
}
