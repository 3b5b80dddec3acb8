package dev.gatun.runtime.template;

import java.math.BigDecimal;

/**
 * Python's {@code str()} and {@code repr()}. Digits and the words {@code True}, {@code None} are trusted, since the
 * template chose to print them; the brackets and quotes of a printed list or mapping are not.
 */
final class PythonText {

    private PythonText() {}

    static Text str(Budget budget, Value value) {
        return switch (value) {
            case Text text -> text;
            case Value.Undefined u -> Text.EMPTY;
            default -> repr(budget, value);
        };
    }

    static Text repr(Budget budget, Value value) {
        TextBuilder out = new TextBuilder(budget);
        write(budget, value, out);
        return out.build();
    }

    private static void write(Budget budget, Value value, TextBuilder out) {
        budget.step();
        switch (value) {
            case Text text -> quote(budget, text, out);
            case Value.Int i -> out.append(Long.toString(i.value()), true);
            case Value.Real r -> out.append(number(r.value()), true);
            case Value.Bool b -> out.append(b == Value.Bool.TRUE ? "True" : "False", true);
            case Value.None n -> out.append("None", true);
            case Value.Undefined u -> out.append("Undefined", true);
            case Value.Sequence sequence -> sequence(budget, sequence, out);
            case Dict dict -> dict(budget, dict, out);
            case Namespace n -> out.append("<Namespace>", false);
            case Macro macro -> out.append(macro.toString(), false);
            case Callable c -> out.append("<function>", false);
        }
    }

    private static void sequence(Budget budget, Value.Sequence sequence, TextBuilder out) {
        if (sequence.kind() == Value.Kind.LAZY) {
            out.append("<generator object>", false);
            return;
        }
        boolean isTuple = sequence.kind() == Value.Kind.TUPLE;
        budget.enterValue();
        out.append(isTuple ? "(" : "[", false);
        for (int i = 0; i < sequence.items().size(); i++) {
            if (i > 0) {
                out.append(", ", false);
            }
            write(budget, sequence.items().get(i), out);
        }
        out.append(isTuple ? (sequence.items().size() == 1 ? ",)" : ")") : "]", false);
        budget.leaveValue();
    }

    private static void dict(Budget budget, Dict dict, TextBuilder out) {
        budget.enterValue();
        String separator = "{";
        for (Dict.Entry entry : dict.entries()) {
            out.append(separator, false);
            write(budget, entry.key(), out);
            out.append(": ", false);
            write(budget, entry.value(), out);
            separator = ", ";
        }
        out.append(dict.size() == 0 ? "{}" : "}", false);
        budget.leaveValue();
    }

    private static void quote(Budget budget, Text text, TextBuilder out) {
        String string = text.string();
        budget.text(string.length());
        String mark = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? "\"" : "'";
        out.append(mark, false);
        int plain = 0;
        for (int i = 0; i < string.length(); ) {
            int c = string.codePointAt(i);
            int next = i + Character.charCount(c);
            String escaped = escape(c, mark.charAt(0));
            if (escaped != null) {
                out.append(text, plain, i).append(escaped, text.isTrustedAt(i));
                plain = next;
            }
            i = next;
        }
        out.append(text, plain, string.length()).append(mark, false);
    }

    private static @org.jspecify.annotations.Nullable String escape(int c, char mark) {
        return switch (c) {
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> {
                if (c == mark) {
                    yield "\\" + mark;
                }
                if (PythonChars.isPrintable(c)) {
                    yield null;
                }
                yield c < 0x100 ? String.format("\\x%02x", c) : String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
            }
        };
    }

    /** A float as Python prints it: shortest digits, an exponent below 1e-4 and from 1e16. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
