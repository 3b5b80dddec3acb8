package dev.gatun.runtime.template;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Methods of strings, as Python's {@code str} has them. */
final class TextMethods {
    static final Set<String> NAMES = Set.of(
            "strip",
            "lstrip",
            "rstrip",
            "split",
            "rsplit",
            "splitlines",
            "startswith",
            "endswith",
            "replace",
            "upper",
            "lower",
            "title",
            "capitalize",
            "swapcase",
            "casefold",
            "join",
            "format",
            "find",
            "rfind",
            "index",
            "count",
            "isdigit",
            "isalpha",
            "isalnum",
            "isspace",
            "isupper",
            "islower",
            "removeprefix",
            "removesuffix",
            "center",
            "ljust",
            "rjust",
            "zfill",
            "partition",
            "rpartition");

    private TextMethods() {}

    static Value call(Budget budget, Text text, String name, Arguments arguments) {
        budget.text(text.string().length());
        return switch (name) {
            case "strip" -> text.strip(true, true, chars(name, arguments));
            case "lstrip" -> text.strip(true, false, chars(name, arguments));
            case "rstrip" -> text.strip(false, true, chars(name, arguments));
            case "split", "rsplit", "splitlines", "partition", "rpartition" ->
                TextSplit.call(budget, text, name, arguments);
            case "startswith", "endswith" -> Value.of(affix(text, name, arguments));
            case "replace" -> replace(budget, text, arguments);
            case "upper", "lower", "casefold", "swapcase", "title", "capitalize" -> cased(budget, text, name);
            case "join" -> join(budget, text, arguments);
            case "format" -> TextFormat.braces(budget, text, arguments);
            case "find", "rfind", "index", "count" -> search(budget, text, name, arguments);
            case "removeprefix" -> {
                String prefix = one(name, arguments).string();
                yield text.string().startsWith(prefix)
                        ? text.sub(prefix.length(), text.string().length())
                        : text;
            }
            case "removesuffix" -> {
                String suffix = one(name, arguments).string();
                int end = text.string().length() - suffix.length();
                yield text.string().endsWith(suffix) ? text.sub(0, end) : text;
            }
            case "center", "ljust", "rjust", "zfill" -> pad(budget, text, name, arguments);
            default -> Value.of(consistsOf(text.string(), name));
        };
    }

    private static Text one(String name, Arguments arguments) {
        return Arguments.text(name, arguments.bindAtLeast(1, name, "text")[0]);
    }

    private static String chars(String name, Arguments arguments) {
        Value chars = arguments.bind(name, "chars")[0];
        return chars == null || chars == Value.None.NONE ? "" : strippable(Arguments.text(name, chars));
    }

    /** An empty set of characters strips nothing; a character that no text holds stands for it. */
    private static String strippable(Text chars) {
        return chars.isEmpty() ? "\uffff" : chars.string();
    }

    private static boolean affix(Text text, String name, Arguments arguments) {
        var given = arguments.bindAtLeast(1, name, "affix", "start", "end");
        String string = text.string();
        if (given[1] != null || given[2] != null) {
            int length = text.length();
            long start = Arguments.integer(name, given[1], 0);
            long end = Arguments.integer(name, given[2], length);
            long from = Math.clamp(start < 0 ? start + length : start, 0, length);
            long to = Math.clamp(end < 0 ? end + length : end, from, length);
            string = string.substring(text.offset((int) from), text.offset((int) to));
        }
        List<Value> affixes =
                given[0] instanceof Value.Sequence tuple ? tuple.items() : List.of(Arguments.text(name, given[0]));
        for (Value affix : affixes) {
            String part = Arguments.text(name, affix).string();
            if (name.equals("startswith") ? string.startsWith(part) : string.endsWith(part)) {
                return true;
            }
        }
        return false;
    }

    /** What was replaced in text that came from outside is untrusted, whoever wrote the replacement. */
    private static Text replace(Budget budget, Text text, Arguments arguments) {
        var given = arguments.bindAtLeast(2, "replace", "old", "new", "count");
        Text old = PythonText.str(budget, Arguments.value(given[0], Text.EMPTY));
        Text fresh = PythonText.str(budget, Arguments.value(given[1], Text.EMPTY));
        long count = given[2] == Value.None.NONE ? -1 : Arguments.integer("replace", given[2], -1);
        long left = count < 0 ? Long.MAX_VALUE : count;
        String string = text.string();
        int width = old.string().length();
        budget.steps(searchSteps(text, old));
        TextBuilder out = new TextBuilder(budget);
        int from = 0;
        for (int at = string.indexOf(old.string()); at >= 0 && left > 0; left--) {
            budget.step();
            out.append(text, from, at);
            boolean trusted = width == 0
                    ? string.isEmpty() || text.isTrustedAt(Math.max(0, at - 1))
                    : text.isTrusted(at, at + width);
            out.append(trusted ? fresh : Text.of(fresh.string(), false));
            from = at + width;
            if (width == 0) {
                if (at == string.length()) {
                    break;
                }
                at = at + Character.charCount(string.codePointAt(at));
            } else {
                at = string.indexOf(old.string(), from);
            }
        }
        return out.append(text, from, string.length()).build();
    }

    /** Worst case of a plain search, in steps. */
    static long searchSteps(Text text, Text part) {
        long length = text.string().length();
        return length * Math.clamp(part.string().length(), 1, 4) / Budget.CHARS_PER_STEP;
    }

    private static Text cased(Budget budget, Text text, String name) {
        TextBuilder out = new TextBuilder(budget);
        String string = text.string();
        boolean starts = true;
        for (int i = 0; i < string.length(); ) {
            int c = string.codePointAt(i);
            String letter = Character.toString(c);
            boolean upper = switch (name) {
                case "upper" -> true;
                case "swapcase" -> Character.isLowerCase(c);
                case "title" -> starts;
                case "capitalize" -> i == 0;
                default -> false;
            };
            out.append(upper ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT), text.isTrustedAt(i));
            starts = !Character.isLetter(c);
            i += Character.charCount(c);
        }
        return out.build();
    }

    private static Text join(Budget budget, Text separator, Arguments arguments) {
        Value iterable = Arguments.value(arguments.bindAtLeast(1, "join", "iterable")[0], Value.None.NONE);
        TextBuilder out = new TextBuilder(budget);
        boolean isFirst = true;
        for (Value item : Sequences.items(budget, iterable)) {
            budget.step();
            if (!isFirst) {
                out.append(separator);
            }
            isFirst = false;
            out.append(Arguments.text("join", item));
        }
        return out.build();
    }

    private static Value search(Budget budget, Text text, String name, Arguments arguments) {
        var given = arguments.bindAtLeast(1, name, "sub", "start");
        Text part = Arguments.text(name, given[0]);
        budget.steps(searchSteps(text, part));
        int length = text.length();
        long start = Arguments.integer(name, given[1], 0);
        long begin = start < 0 ? Math.max(0, start + length) : start;
        String string = text.string();
        if (begin > length) {
            return Value.of(name.equals("count") ? 0 : -1);
        }
        int from = text.offset((int) begin);
        if (name.equals("count")) {
            int count = 0;
            int width = Math.max(1, part.string().length());
            for (int at = string.indexOf(part.string(), from);
                    at >= 0;
                    at = string.indexOf(part.string(), at + width)) {
                count++;
                if (at == string.length()) {
                    break;
                }
            }
            return Value.of(count);
        }
        int at = name.equals("rfind") ? string.lastIndexOf(part.string()) : string.indexOf(part.string(), from);
        at = at < from ? -1 : at;
        if (at < 0 && name.equals("index")) {
            throw new Fault("substring not found");
        }
        return Value.of(at < 0 ? -1 : string.codePointCount(0, at));
    }

    private static Text pad(Budget budget, Text text, String name, Arguments arguments) {
        var given = arguments.bindAtLeast(1, name, "width", "fillchar");
        long width = Arguments.integer(name, given[0], 0);
        Text fill = given[1] == null ? Text.trusted(name.equals("zfill") ? "0" : " ") : Arguments.text(name, given[1]);
        if (fill.length() != 1) {
            throw new Fault(name + "() needs one fill character");
        }
        long missing = Math.max(0, width - text.length());
        budget.text(missing);
        long left = switch (name) {
            case "ljust" -> 0;
            case "center" -> missing / 2 + (missing & width & 1);
            default -> missing;
        };
        boolean signed = name.equals("zfill")
                && (text.string().startsWith("-") || text.string().startsWith("+"));
        TextBuilder out = new TextBuilder(budget).append(text, 0, signed ? 1 : 0);
        for (long i = 0; i < left; i++) {
            out.append(fill);
        }
        out.append(text, signed ? 1 : 0, text.string().length());
        for (long i = left; i < missing; i++) {
            out.append(fill);
        }
        return out.build();
    }

    private static boolean consistsOf(String string, String name) {
        return switch (name) {
            case "isdigit" -> !string.isEmpty() && string.codePoints().allMatch(Character::isDigit);
            case "isalpha" -> !string.isEmpty() && string.codePoints().allMatch(Character::isLetter);
            case "isalnum" -> !string.isEmpty() && string.codePoints().allMatch(Character::isLetterOrDigit);
            case "isspace" -> !string.isEmpty() && string.codePoints().allMatch(PythonChars::isSpace);
            case "isupper" ->
                string.equals(string.toUpperCase(Locale.ROOT)) && !string.equals(string.toLowerCase(Locale.ROOT));
            default ->
                string.equals(string.toLowerCase(Locale.ROOT)) && !string.equals(string.toUpperCase(Locale.ROOT));
        };
    }
}
