package dev.gatun.runtime.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** Python's {@code "%s" % x} and {@code "{}".format(x)}: inserted text keeps its trust. */
final class TextFormat {
    private final Budget budget;
    private final Text format;
    private final String string;
    private final TextBuilder out;
    private int at;

    private TextFormat(Budget budget, Text format) {
        this.budget = budget;
        this.format = format;
        this.string = format.string();
        this.out = new TextBuilder(budget);
    }

    static Text percent(Budget budget, Text format, Value arguments) {
        TextFormat formatter = new TextFormat(budget, format);
        formatter.percent(arguments);
        return formatter.out.build();
    }

    static Text braces(Budget budget, Text format, Arguments arguments) {
        TextFormat formatter = new TextFormat(budget, format);
        formatter.braces(arguments);
        return formatter.out.build();
    }

    private void percent(Value arguments) {
        List<Value> positional = arguments instanceof Value.Sequence tuple && tuple.kind() == Value.Kind.TUPLE
                ? tuple.items()
                : List.of(arguments);
        int used = 0;
        while (at < string.length()) {
            int sign = string.indexOf('%', at);
            if (sign < 0) {
                break;
            }
            budget.step();
            out.append(format, at, sign);
            at = sign + 1;
            if (peek() == '%') {
                out.append(format, at, at + 1);
                at++;
                continue;
            }
            Value value = null;
            if (peek() == '(') {
                int close = string.indexOf(')', at);
                if (close < 0 || !(arguments instanceof Dict dict)) {
                    throw new Fault("format requires a mapping");
                }
                String key = string.substring(at + 1, close);
                value = dict.get(key);
                if (value == null) {
                    throw new Fault("the format names '" + key + "', which is not given");
                }
                at = close + 1;
            }
            FormatSpec spec = percentSpec();
            if (value == null) {
                if (used == positional.size()) {
                    throw new Fault("not enough arguments for format string");
                }
                value = positional.get(used++);
            }
            out.append(spec.format(budget, value));
        }
        out.append(format, at, string.length());
        if (used < positional.size() && !(arguments instanceof Dict) && !(used == 0 && arguments instanceof Dict)) {
            throw new Fault("not all arguments converted during string formatting");
        }
    }

    private FormatSpec percentSpec() {
        boolean left = false;
        boolean plus = false;
        boolean zero = false;
        while ("-+ 0#".indexOf(peek()) >= 0) {
            left |= peek() == '-';
            plus |= peek() == '+';
            zero |= peek() == '0';
            at++;
        }
        int width = digits();
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, digits());
        }
        char type = peek();
        at++;
        if ("sdifFeEgGxXorc".indexOf(type) < 0) {
            throw new Fault("unsupported format character '" + type + "'");
        }
        return new FormatSpec(
                ' ',
                left ? '<' : '>',
                plus,
                zero && !left,
                Math.max(0, width),
                precision,
                false,
                type == 'i' ? 'd' : type);
    }

    private char peek() {
        if (at >= string.length()) {
            throw new Fault("incomplete format");
        }
        return string.charAt(at);
    }

    private int digits() {
        int value = -1;
        while (at < string.length() && string.charAt(at) >= '0' && string.charAt(at) <= '9') {
            value = Math.min(Budget.TEXT_CHARS + 1, Math.max(0, value) * 10 + string.charAt(at++) - '0');
        }
        return value;
    }

    private void braces(Arguments arguments) {
        int next = 0;
        while (at < string.length()) {
            char c = string.charAt(at);
            boolean doubled = at + 1 < string.length() && string.charAt(at + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                out.append(format, at, at + 1);
                at += 2;
            } else if (c == '{') {
                int close = string.indexOf('}', at);
                if (close < 0) {
                    throw new Fault("expected '}' before end of string");
                }
                budget.step();
                String field = string.substring(at + 1, close);
                String name = field.split("[:!]", 2)[0];
                if (name.isEmpty()) {
                    name = Integer.toString(next++);
                }
                insert(name, field, arguments);
                at = close + 1;
            } else if (c == '}') {
                throw new Fault("Single '}' encountered in format string");
            } else {
                int end = at + 1;
                while (end < string.length() && string.charAt(end) != '{' && string.charAt(end) != '}') {
                    end++;
                }
                out.append(format, at, end);
                at = end;
            }
        }
    }

    private void insert(String name, String field, Arguments arguments) {
        String[] path = name.replace("]", "").split("[.\\[]", -1);
        Value value;
        if (!path[0].isEmpty() && path[0].chars().allMatch(c -> c >= '0' && c <= '9')) {
            int index = path[0].length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(path[0]);
            value = index < arguments.positional().size()
                    ? arguments.positional().get(index)
                    : null;
        } else {
            value = arguments.named().get(path[0]);
        }
        if (value == null) {
            throw new Fault("the format names '" + path[0] + "', which is not given");
        }
        for (int i = 1; i < path.length; i++) {
            value = Selection.attribute(budget, value, Text.trusted(path[i]));
        }
        int colon = field.indexOf(':');
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        boolean repr = field.substring(0, colon < 0 ? field.length() : colon).endsWith("!r");
        Value shown = repr ? PythonText.repr(budget, value) : value;
        out.append(
                spec.isEmpty()
                        ? PythonText.str(budget, shown)
                        : FormatSpec.parse(spec).format(budget, shown));
    }

    /** Width, alignment and digits of one inserted value. */
    private record FormatSpec(
            char fill, char align, boolean plus, boolean zero, int width, int precision, boolean grouped, char type) {

        static FormatSpec parse(String spec) {
            int i = 0;
            char fill = ' ';
            char align = ' ';
            if (spec.length() > 1 && "<>^=".indexOf(spec.charAt(1)) >= 0) {
                fill = spec.charAt(0);
                align = spec.charAt(1);
                i = 2;
            } else if ("<>^=".indexOf(spec.charAt(0)) >= 0) {
                align = spec.charAt(0);
                i = 1;
            }
            TextFormat rest = new TextFormat(new Budget(), Text.trusted(spec + "\0"));
            rest.at = i;
            boolean plus = rest.skip('+');
            boolean zero = rest.skip('0');
            int width = Math.max(0, rest.digits());
            boolean grouped = rest.skip(',');
            int precision = rest.skip('.') ? Math.max(0, rest.digits()) : -1;
            char type = rest.peek() == '\0' ? 's' : rest.peek();
            if (rest.at < spec.length() - 1 || "sdfFeEgGxXob%".indexOf(type) < 0) {
                throw new Fault("Invalid format specifier '" + spec + "'");
            }
            return new FormatSpec(fill, align, plus, zero, width, precision, grouped, type);
        }

        Text format(Budget budget, Value value) {
            boolean isText = type == 's' || type == 'r' || type == 'c';
            Text body;
            if (type == 'r') {
                body = PythonText.repr(budget, value);
            } else if (isText) {
                body = PythonText.str(budget, value);
            } else {
                body = Text.trusted(number(value));
            }
            if (isText && precision >= 0 && precision < body.length()) {
                body = body.sub(0, body.offset(precision));
            }
            if (zero && !isText) {
                return (Text) TextMethods.call(budget, body, "zfill", Arguments.of(Value.of(width)));
            }
            boolean right = align == '>' || (align == ' ' && !(value instanceof Text));
            String method = align == '^' ? "center" : right ? "rjust" : "ljust";
            return (Text) TextMethods.call(
                    budget, body, method, Arguments.of(Value.of(width), Text.trusted(Character.toString(fill))));
        }

        private String number(Value value) {
            Double real = Operators.real(value);
            if (real == null) {
                throw new Fault("%" + type + " format: a real number is required, not " + Value.typeName(value));
            }
            Long integer = Operators.integer(value);
            int places = Math.min(300, precision < 0 ? 6 : precision);
            String digits = switch (type) {
                case 'd' -> Long.toString(integer == null ? real.longValue() : integer);
                case 'x' -> Long.toString(integer == null ? real.longValue() : integer, 16);
                case 'X' ->
                    Long.toString(integer == null ? real.longValue() : integer, 16)
                            .toUpperCase(java.util.Locale.ROOT);
                case 'o' -> Long.toString(integer == null ? real.longValue() : integer, 8);
                case 'b' -> Long.toString(integer == null ? real.longValue() : integer, 2);
                case 'f', 'F' -> fixed(real, places);
                case '%' -> fixed(real * 100, places) + "%";
                case 'e', 'E' -> String.format(java.util.Locale.ROOT, "%." + places + type, real);
                default -> PythonText.number(real).replaceFirst("\\.0$", "");
            };
            if (grouped) {
                digits = digits.replaceAll("(?<=\\d)(?=(\\d{3})+(?!\\d))(?<!\\.\\d{0,300})", ",");
            }
            return plus && !digits.startsWith("-") ? "+" + digits : digits;
        }

        private static String fixed(double value, int places) {
            return Double.isNaN(value) || Double.isInfinite(value)
                    ? PythonText.number(value)
                    : new BigDecimal(value)
                            .setScale(places, RoundingMode.HALF_EVEN)
                            .toPlainString();
        }
    }

    private boolean skip(char wanted) {
        if (at < string.length() && string.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }
}
