package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arithmetic, equality, order and membership as Python has them. */
final class Operators {

    private Operators() {}

    static Value sign(Value operand, boolean negative) {
        return switch (operand) {
            case Value.Int i -> Value.of(negative ? exact(() -> Math.negateExact(i.value())) : i.value());
            case Value.Bool b -> Value.of(negative ? -b.number() : b.number());
            case Value.Real r -> negative ? new Value.Real(-r.value()) : r;
            case Value.Undefined u -> throw new Fault(u.reason());
            default -> throw new Fault("a value of type " + Value.typeName(operand) + " has no sign");
        };
    }

    static Value arithmetic(Budget budget, String operator, Value left, Value right) {
        if (left instanceof Value.Undefined undefined) {
            throw new Fault(undefined.reason());
        }
        if (operator.equals("%") && left instanceof Text format) {
            return TextFormat.percent(budget, format, right);
        }
        if (right instanceof Value.Undefined undefined) {
            throw new Fault(undefined.reason());
        }
        Long a = integer(left);
        Long b = integer(right);
        if (a != null && b != null) {
            return integers(operator, a, b);
        }
        Double x = real(left);
        Double y = real(right);
        if (x != null && y != null) {
            return new Value.Real(reals(operator, x, y));
        }
        Value result = sequences(budget, operator, left, right, a, b);
        if (result == null) {
            throw new Fault("unsupported operand types for " + operator + ": '" + Value.typeName(left) + "' and '"
                    + Value.typeName(right) + "'");
        }
        return result;
    }

    private static @Nullable Value sequences(
            Budget budget, String operator, Value left, Value right, @Nullable Long a, @Nullable Long b) {
        if (operator.equals("+") && left instanceof Text first && right instanceof Text second) {
            return TextFilters.concat(budget, List.of(first, second));
        }
        if (operator.equals("+")
                && left instanceof Value.Sequence first
                && right instanceof Value.Sequence second
                && first.kind() == second.kind()
                && first.kind() != Value.Kind.LAZY) {
            budget.steps((long) first.items().size() + second.items().size());
            List<Value> joined = new ArrayList<>(first.items());
            joined.addAll(second.items());
            return new Value.Sequence(first.kind(), joined);
        }
        if (operator.equals("*") && b != null) {
            return repeat(budget, left, b);
        }
        if (operator.equals("*") && a != null) {
            return repeat(budget, right, a);
        }
        return null;
    }

    private static @Nullable Value repeat(Budget budget, Value value, long times) {
        long count = Math.max(0, times);
        if (value instanceof Text text) {
            long length = text.string().length();
            if (length > 0 && count > Budget.TEXT_CHARS / length) {
                throw new Fault("a text of " + length + " characters repeated " + count + " times exceeds the limit of "
                        + Budget.TEXT_CHARS);
            }
            TextBuilder out = new TextBuilder(budget);
            for (long i = 0; length > 0 && i < count; i++) {
                out.append(text);
            }
            return out.build();
        }
        if (value instanceof Value.Sequence sequence && sequence.kind() != Value.Kind.LAZY) {
            long size = sequence.items().size();
            if (size > 0 && count > Budget.STEPS / size) {
                throw new Fault("a list of " + size + " items repeated " + count + " times is too long");
            }
            budget.steps(size * (size > 0 ? count : 0));
            List<Value> items = new ArrayList<>();
            for (long i = 0; size > 0 && i < count; i++) {
                items.addAll(sequence.items());
            }
            return new Value.Sequence(sequence.kind(), items);
        }
        return null;
    }

    private static Value integers(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Value.of(exact(() -> Math.addExact(a, b)));
            case "-" -> Value.of(exact(() -> Math.subtractExact(a, b)));
            case "*" -> Value.of(exact(() -> Math.multiplyExact(a, b)));
            case "//" -> Value.of(exact(() -> Math.floorDivExact(a, nonZero(b))));
            case "%" -> Value.of(Math.floorMod(a, nonZero(b)));
            case "/" -> new Value.Real((double) a / (double) nonZero(b));
            case "**" -> b < 0 ? new Value.Real(Math.pow((double) nonZero(a), (double) b)) : Value.of(power(a, b));
            default -> throw new Fault("unknown operator " + operator);
        };
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1) {
            return exponent == 0 ? 1 : base;
        }
        if (base == -1) {
            return exponent % 2 == 0 ? 1 : -1;
        }
        if (exponent >= Long.SIZE) {
            throw new Fault("an integer result needs more than 64 bits");
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            long factor = result;
            result = exact(() -> Math.multiplyExact(factor, base));
        }
        return result;
    }

    private static double reals(String operator, double x, double y) {
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> x / nonZero(y);
            case "//" -> Math.floor(x / nonZero(y));
            case "%" -> {
                double rest = x % nonZero(y);
                yield rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
            }
            case "**" -> Math.pow(x, y);
            default -> throw new Fault("unknown operator " + operator);
        };
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new Fault("division by zero");
        }
        return divisor;
    }

    private static double nonZero(double divisor) {
        if (divisor == 0) {
            throw new Fault("division by zero");
        }
        return divisor;
    }

    private static long exact(java.util.function.LongSupplier computation) {
        try {
            return computation.getAsLong();
        } catch (ArithmeticException overflow) {
            throw new Fault("an integer result needs more than 64 bits");
        }
    }

    static @Nullable Long integer(Value value) {
        return switch (value) {
            case Value.Int i -> i.value();
            case Value.Bool b -> b.number();
            default -> null;
        };
    }

    static @Nullable Double real(Value value) {
        if (value instanceof Value.Real real) {
            return real.value();
        }
        Long integer = integer(value);
        return integer == null ? null : (Double) (double) integer.longValue();
    }

    static boolean compare(Budget budget, String operator, Value left, Value right) {
        return switch (operator) {
            case "==" -> isEqual(budget, left, right);
            case "!=" -> !isEqual(budget, left, right);
            case "in" -> contains(budget, right, left);
            case "not in" -> !contains(budget, right, left);
            case "<" -> order(budget, operator, left, right) < 0;
            case "<=" -> order(budget, operator, left, right) <= 0;
            case ">" -> order(budget, operator, left, right) > 0;
            default -> order(budget, operator, left, right) >= 0;
        };
    }

    @SuppressWarnings("ReferenceEquality") // what is neither number, text nor container equals only itself
    static boolean isEqual(Budget budget, Value left, Value right) {
        budget.step();
        Long m = integer(left);
        Long n = integer(right);
        if (m != null && n != null) {
            return m.equals(n);
        }
        Double x = real(left);
        Double y = real(right);
        if (x != null && y != null) {
            return x.doubleValue() == y.doubleValue();
        }
        if (left instanceof Text a && right instanceof Text b) {
            budget.steps(a.string().length() / Budget.CHARS_PER_STEP);
            return a.equals(b);
        }
        if (left instanceof Value.Undefined && right instanceof Value.Undefined) {
            return true;
        }
        if (left instanceof Value.Sequence a && right instanceof Value.Sequence b && a.kind() != Value.Kind.LAZY) {
            return a.kind() == b.kind() && areEqual(budget, a.items(), b.items());
        }
        if (left instanceof Dict a && right instanceof Dict b) {
            return areEqual(budget, a, b);
        }
        return left == right;
    }

    private static boolean areEqual(Budget budget, List<Value> left, List<Value> right) {
        if (left.size() != right.size()) {
            return false;
        }
        budget.enterValue();
        boolean equal = true;
        for (int i = 0; equal && i < left.size(); i++) {
            equal = isEqual(budget, left.get(i), right.get(i));
        }
        budget.leaveValue();
        return equal;
    }

    private static boolean areEqual(Budget budget, Dict left, Dict right) {
        if (left.size() != right.size()) {
            return false;
        }
        budget.enterValue();
        boolean equal = true;
        for (Iterator<Dict.Entry> entries = left.entries().iterator(); equal && entries.hasNext(); ) {
            Dict.Entry entry = entries.next();
            Value other = right.get(budget, entry.key());
            equal = other != null && isEqual(budget, entry.value(), other);
        }
        budget.leaveValue();
        return equal;
    }

    static int order(Budget budget, String operator, Value left, Value right) {
        budget.step();
        Long m = integer(left);
        Long n = integer(right);
        if (m != null && n != null) {
            return m.compareTo(n);
        }
        Double x = real(left);
        Double y = real(right);
        if (x != null && y != null) {
            return x.compareTo(y);
        }
        if (left instanceof Text a && right instanceof Text b) {
            budget.steps(a.string().length() / Budget.CHARS_PER_STEP);
            return a.string().compareTo(b.string());
        }
        if (left instanceof Value.Sequence a && right instanceof Value.Sequence b && a.kind() == b.kind()) {
            budget.enterValue();
            int result = Integer.compare(a.items().size(), b.items().size());
            for (int i = 0; i < Math.min(a.items().size(), b.items().size()); i++) {
                if (!isEqual(budget, a.items().get(i), b.items().get(i))) {
                    result = order(budget, operator, a.items().get(i), b.items().get(i));
                    break;
                }
            }
            budget.leaveValue();
            return result;
        }
        if (left instanceof Value.Undefined undefined) {
            throw new Fault(undefined.reason());
        }
        if (right instanceof Value.Undefined undefined) {
            throw new Fault(undefined.reason());
        }
        throw new Fault("'" + operator + "' not supported between instances of '" + Value.typeName(left) + "' and '"
                + Value.typeName(right) + "'");
    }

    static boolean contains(Budget budget, Value container, Value item) {
        if (container instanceof Text text) {
            if (item instanceof Value.Undefined undefined) {
                throw new Fault(undefined.reason());
            }
            if (!(item instanceof Text part)) {
                throw new Fault("'in <string>' requires string as left operand, not " + Value.typeName(item));
            }
            budget.steps(TextMethods.searchSteps(text, part));
            return text.string().contains(part.string());
        }
        if (container instanceof Dict dict) {
            return dict.get(budget, item) != null;
        }
        for (Value element : Sequences.items(budget, container)) {
            if (isEqual(budget, element, item)) {
                return true;
            }
        }
        return false;
    }
}
