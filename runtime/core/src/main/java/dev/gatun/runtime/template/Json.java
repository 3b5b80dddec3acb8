package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code tojson}: Python's {@code json.dumps} with the settings of {@code transformers}: no HTML escapes, text beyond
 * ASCII as it is. Punctuation is untrusted, as the data it wraps mostly is; strings keep their own trust.
 */
final class Json {
    private final Budget budget;
    private final TextBuilder out;
    private final boolean asciiOnly;
    private final boolean sortsKeys;
    private final String indent;
    private final boolean isIndented;
    private final Text itemSeparator;
    private final Text keySeparator;

    private Json(Budget budget, Value[] settings) {
        this.budget = budget;
        this.out = new TextBuilder(budget);
        this.asciiOnly = Value.isTrue(settings[0]);
        this.isIndented = settings[1] != Value.None.NONE;
        this.indent = settings[1] instanceof Text text
                ? text.string()
                : " "
                        .repeat(Math.clamp(
                                isIndented ? Arguments.integer("tojson", settings[1], 0) : 0,
                                0,
                                Budget.CHARS_PER_STEP));
        this.sortsKeys = Value.isTrue(settings[3]);
        if (settings[2] == Value.None.NONE) {
            itemSeparator = Text.of(isIndented ? "," : ", ", false);
            keySeparator = Text.of(": ", false);
        } else {
            List<Value> given = Sequences.items(budget, settings[2]);
            if (given.size() != 2) {
                throw new Fault("tojson() needs two separators, not " + given.size());
            }
            itemSeparator = Arguments.text("tojson", given.get(0));
            keySeparator = Arguments.text("tojson", given.get(1));
        }
    }

    static Text write(Budget budget, Value value, Arguments arguments) {
        var given = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        Value[] settings = {
            Arguments.value(given[0], Value.Bool.FALSE),
            Arguments.value(given[1], Value.None.NONE),
            Arguments.value(given[2], Value.None.NONE),
            Arguments.value(given[3], Value.Bool.FALSE)
        };
        Json json = new Json(budget, settings);
        json.write(value, 0);
        return json.out.build();
    }

    private void write(Value value, int depth) {
        budget.step();
        switch (value) {
            case Text text -> string(text);
            case Value.Int i -> out.append(Long.toString(i.value()), false);
            case Value.Real r -> out.append(number(r.value()), false);
            case Value.Bool b -> out.append(b == Value.Bool.TRUE ? "true" : "false", false);
            case Value.None n -> out.append("null", false);
            case Value.Sequence s when s.kind() != Value.Kind.LAZY -> array(s.items(), depth);
            case Dict dict -> object(dict, depth);
            default -> throw new Fault("Object of type " + Value.typeName(value) + " is not JSON serializable");
        }
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonText.number(value);
    }

    private void array(List<Value> items, int depth) {
        if (items.isEmpty()) {
            out.append("[]", false);
            return;
        }
        budget.enterValue();
        out.append("[", false);
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(itemSeparator);
            }
            newline(depth + 1);
            write(items.get(i), depth + 1);
        }
        newline(depth);
        out.append("]", false);
        budget.leaveValue();
    }

    private void object(Dict dict, int depth) {
        if (dict.size() == 0) {
            out.append("{}", false);
            return;
        }
        List<Dict.Entry> entries = new ArrayList<>();
        dict.entries().forEach(entries::add);
        if (sortsKeys) {
            budget.steps(entries.size());
            Comparator<Value> order = (a, b) -> Operators.order(budget, "<", a, b);
            entries.sort(Comparator.comparing(Dict.Entry::key, order));
        }
        budget.enterValue();
        out.append("{", false);
        for (int i = 0; i < entries.size(); i++) {
            if (i > 0) {
                out.append(itemSeparator);
            }
            newline(depth + 1);
            key(entries.get(i).key());
            out.append(keySeparator);
            write(entries.get(i).value(), depth + 1);
        }
        newline(depth);
        out.append("}", false);
        budget.leaveValue();
    }

    private void key(Value key) {
        switch (key) {
            case Text text -> string(text);
            case Value.Int i -> out.append("\"" + i.value() + "\"", false);
            case Value.Real r -> out.append("\"" + number(r.value()) + "\"", false);
            case Value.Bool b -> out.append(b == Value.Bool.TRUE ? "\"true\"" : "\"false\"", false);
            case Value.None n -> out.append("\"null\"", false);
            default -> throw new Fault("keys must be str, int, float, bool or None, not " + Value.typeName(key));
        }
    }

    private void newline(int depth) {
        if (isIndented) {
            out.append("\n", false);
            for (int i = 0; i < depth; i++) {
                out.append(indent, false);
            }
        }
    }

    private void string(Text text) {
        String string = text.string();
        budget.text(string.length());
        out.append("\"", false);
        int plain = 0;
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\' || (asciiOnly && c > 0x7e)) {
                out.append(text, plain, i).append(escape(c), text.isTrustedAt(i));
                plain = i + 1;
            }
        }
        out.append(text, plain, string.length()).append("\"", false);
    }

    private static String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> c == 0x7f ? Character.toString(c) : String.format("\\u%04x", (int) c);
        };
    }
}
