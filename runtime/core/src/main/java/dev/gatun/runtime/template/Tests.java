package dev.gatun.runtime.template;

import java.util.Locale;
import java.util.Set;

/** Tests: what may follow {@code is}. */
final class Tests {
    private static final Set<String> NAMES = Set.of(
            "odd",
            "even",
            "divisibleby",
            "defined",
            "undefined",
            "filter",
            "test",
            "none",
            "boolean",
            "false",
            "true",
            "integer",
            "float",
            "lower",
            "upper",
            "string",
            "mapping",
            "number",
            "sequence",
            "iterable",
            "callable",
            "sameas",
            "escaped",
            "in",
            "==",
            "eq",
            "equalto",
            "!=",
            "ne",
            ">",
            "gt",
            "greaterthan",
            "ge",
            ">=",
            "<",
            "lt",
            "lessthan",
            "<=",
            "le");

    private Tests() {}

    static boolean apply(Interpreter interpreter, String name, Value value, Arguments arguments) {
        Budget budget = interpreter.budget;
        budget.step();
        return switch (name) {
            case "defined" -> !(value instanceof Value.Undefined);
            case "undefined" -> value instanceof Value.Undefined;
            case "none" -> value == Value.None.NONE;
            case "boolean" -> value instanceof Value.Bool;
            case "true" -> value == Value.Bool.TRUE;
            case "false" -> value == Value.Bool.FALSE;
            case "integer" -> value instanceof Value.Int;
            case "float" -> value instanceof Value.Real;
            case "number" -> Operators.real(value) != null;
            case "string" -> value instanceof Text;
            case "mapping" -> value instanceof Dict;
            case "sequence" ->
                value instanceof Text
                        || value instanceof Dict
                        || value instanceof Value.Undefined
                        || (value instanceof Value.Sequence sequence && sequence.kind() != Value.Kind.LAZY);
            case "iterable" ->
                value instanceof Text
                        || value instanceof Dict
                        || value instanceof Value.Undefined
                        || value instanceof Value.Sequence;
            case "callable" -> value instanceof Callable || value instanceof Value.Undefined;
            case "escaped" -> false;
            case "lower" -> isCased(PythonText.str(budget, value).string(), true);
            case "upper" -> isCased(PythonText.str(budget, value).string(), false);
            case "odd" -> remainder(budget, value, Value.of(2)) == 1;
            case "even" -> remainder(budget, value, Value.of(2)) == 0;
            case "divisibleby" -> remainder(budget, value, argument(name, arguments)) == 0;
            case "filter" -> value instanceof Text text && Filters.has(text.string());
            case "test" -> value instanceof Text text && NAMES.contains(text.string());
            case "in" -> Operators.contains(budget, argument(name, arguments), value);
            case "sameas" -> isSame(value, argument(name, arguments));
            case "==", "eq", "equalto" -> Operators.isEqual(budget, value, argument(name, arguments));
            case "!=", "ne" -> !Operators.isEqual(budget, value, argument(name, arguments));
            case ">", "gt", "greaterthan" -> Operators.compare(budget, ">", value, argument(name, arguments));
            case ">=", "ge" -> Operators.compare(budget, ">=", value, argument(name, arguments));
            case "<", "lt", "lessthan" -> Operators.compare(budget, "<", value, argument(name, arguments));
            case "<=", "le" -> Operators.compare(budget, "<=", value, argument(name, arguments));
            default -> throw new Fault("No test named '" + name + "'");
        };
    }

    private static Value argument(String name, Arguments arguments) {
        return Arguments.value(arguments.bindAtLeast(1, name, "other")[0], Value.None.NONE);
    }

    private static double remainder(Budget budget, Value value, Value divisor) {
        Double rest = Operators.real(Operators.arithmetic(budget, "%", value, divisor));
        return rest == null ? Double.NaN : rest;
    }

    @SuppressWarnings("ReferenceEquality") // Python's "is"
    private static boolean isSame(Value left, Value right) {
        return left == right
                || (left instanceof Text && left.equals(right))
                || (left instanceof Value.Int && left.equals(right))
                || (left instanceof Value.Real && left.equals(right));
    }

    private static boolean isCased(String text, boolean lower) {
        String other = lower ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
        String same = lower ? text.toLowerCase(Locale.ROOT) : text.toUpperCase(Locale.ROOT);
        return text.equals(same) && !text.equals(other);
    }
}
