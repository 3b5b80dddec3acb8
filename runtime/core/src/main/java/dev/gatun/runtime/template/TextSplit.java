package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code split}, {@code rsplit}, {@code splitlines}, {@code partition} and {@code rpartition}. */
final class TextSplit {

    private TextSplit() {}

    static Value call(Budget budget, Text text, String name, Arguments arguments) {
        if (name.equals("splitlines")) {
            return Value.list(lines(budget, text, Arguments.flag(arguments.bind(name, "keepends")[0], false)));
        }
        if (name.endsWith("partition")) {
            Text separator = separator(name, arguments.bindAtLeast(1, name, "sep")[0]);
            return partition(text, separator == null ? Text.trusted(" ") : separator, name.equals("rpartition"));
        }
        var given = arguments.bind(name, "sep", "maxsplit");
        Text separator = separator(name, given[0]);
        long limit = Arguments.integer(name, given[1], -1);
        long most = limit < 0 ? Long.MAX_VALUE : limit;
        boolean fromRight = name.equals("rsplit");
        return Value.list(
                separator == null
                        ? onSpace(budget, text, most, fromRight)
                        : fromRight ? fromRight(budget, text, separator, most) : on(budget, text, separator, most));
    }

    private static @Nullable Text separator(String name, @Nullable Value given) {
        if (given == null || given == Value.None.NONE) {
            return null;
        }
        Text separator = Arguments.text(name, given);
        if (separator.isEmpty()) {
            throw new Fault("empty separator");
        }
        return separator;
    }

    private static List<Value> on(Budget budget, Text text, Text separator, long most) {
        List<Value> parts = new ArrayList<>();
        String string = text.string();
        int from = 0;
        for (int at = string.indexOf(separator.string()); at >= 0 && parts.size() < most; ) {
            budget.step();
            parts.add(text.sub(from, at));
            from = at + separator.string().length();
            at = string.indexOf(separator.string(), from);
        }
        parts.add(text.sub(from, string.length()));
        return parts;
    }

    private static List<Value> fromRight(Budget budget, Text text, Text separator, long most) {
        List<Value> parts = new ArrayList<>();
        String string = text.string();
        int width = separator.string().length();
        int to = string.length();
        for (int at = string.lastIndexOf(separator.string()); at >= 0 && parts.size() < most; ) {
            budget.step();
            parts.add(text.sub(at + width, to));
            to = at;
            at = string.lastIndexOf(separator.string(), to - width);
        }
        parts.add(text.sub(0, to));
        Collections.reverse(parts);
        return parts;
    }

    private static List<Value> onSpace(Budget budget, Text text, long most, boolean fromRight) {
        List<Value> parts = new ArrayList<>();
        Text rest = text.strip(!fromRight, fromRight, "");
        while (!rest.isEmpty()) {
            budget.step();
            String string = rest.string();
            int length = string.length();
            if (parts.size() == most) {
                parts.add(rest.strip(fromRight, !fromRight, ""));
                break;
            }
            int cut = fromRight ? length : 0;
            while (fromRight
                    ? cut > 0 && !PythonChars.isSpace(string.charAt(cut - 1))
                    : cut < length && !PythonChars.isSpace(string.charAt(cut))) {
                cut += fromRight ? -1 : 1;
            }
            budget.text(length);
            parts.add(fromRight ? rest.sub(cut, length) : rest.sub(0, cut));
            rest = (fromRight ? rest.sub(0, cut) : rest.sub(cut, length)).strip(!fromRight, fromRight, "");
        }
        if (fromRight) {
            Collections.reverse(parts);
        }
        return parts;
    }

    private static List<Value> lines(Budget budget, Text text, boolean keepEnds) {
        List<Value> lines = new ArrayList<>();
        String string = text.string();
        for (int from = 0; from < string.length(); ) {
            budget.step();
            int end = from;
            while (end < string.length() && !PythonChars.isLineBreak(string.charAt(end))) {
                end++;
            }
            int next = string.startsWith("\r\n", end) ? end + 2 : Math.min(string.length(), end + 1);
            lines.add(text.sub(from, keepEnds ? next : end));
            from = next;
        }
        return lines;
    }

    private static Value partition(Text text, Text separator, boolean last) {
        String string = text.string();
        int at = last ? string.lastIndexOf(separator.string()) : string.indexOf(separator.string());
        if (at < 0) {
            return last ? Value.tuple(Text.EMPTY, Text.EMPTY, text) : Value.tuple(text, Text.EMPTY, Text.EMPTY);
        }
        int end = at + separator.string().length();
        return Value.tuple(text.sub(0, at), text.sub(at, end), text.sub(end, string.length()));
    }
}
