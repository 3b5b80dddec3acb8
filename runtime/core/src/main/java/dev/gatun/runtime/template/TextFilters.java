package dev.gatun.runtime.template;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Filters that take the text of any value and give text. */
final class TextFilters {
    static final Set<String> NAMES = Set.of(
            "capitalize",
            "center",
            "e",
            "escape",
            "forceescape",
            "format",
            "indent",
            "lower",
            "replace",
            "title",
            "trim",
            "truncate",
            "upper",
            "urlencode",
            "wordcount");

    private TextFilters() {}

    static Value apply(Budget budget, String name, Value target, Arguments arguments) {
        Text text = PythonText.str(budget, target);
        return switch (name) {
            case "capitalize", "lower", "upper", "replace" -> TextMethods.call(budget, text, name, arguments);
            case "title" -> title(budget, text);
            case "center" -> {
                long width = Arguments.integer("center", arguments.bind("center", "width")[0], 80);
                yield TextMethods.call(budget, text, name, Arguments.of(Value.of(width)));
            }
            case "e", "escape" -> text.isMarkup() ? text : escape(budget, text).asMarkup();
            case "forceescape" -> escape(budget, text).asMarkup();
            case "format" ->
                arguments.named().isEmpty()
                        ? TextFormat.percent(budget, text, new Value.Sequence(Value.Kind.TUPLE, arguments.positional()))
                        : TextFormat.percent(budget, text, named(budget, arguments));
            case "indent" -> indent(budget, text, arguments);
            case "trim" -> {
                Value chars = Arguments.value(arguments.bind("trim", "chars")[0], Value.None.NONE);
                yield chars == Value.None.NONE
                        ? text.strip(true, true, "")
                        : TextMethods.call(budget, text, "strip", Arguments.of(chars));
            }
            case "truncate" -> truncate(budget, text, arguments);
            case "urlencode" -> urlencode(budget, text);
            default -> wordcount(text);
        };
    }

    /** Joins texts; where one is markup, the others are escaped and the result is markup. */
    static Text concat(Budget budget, List<Text> parts) {
        boolean isMarkup = parts.stream().anyMatch(Text::isMarkup);
        TextBuilder out = new TextBuilder(budget);
        for (Text part : parts) {
            out.append(isMarkup && !part.isMarkup() ? escape(budget, part) : part);
        }
        return isMarkup ? out.build().asMarkup() : out.build();
    }

    private static Dict named(Budget budget, Arguments arguments) {
        Dict dict = new Dict();
        arguments.named().forEach((key, value) -> dict.put(budget, Text.of(key, false), value));
        return dict;
    }

    /** Jinja's own title case: a word starts after white space, a hyphen or an opening bracket, and only there. */
    private static Text title(Budget budget, Text text) {
        TextBuilder out = new TextBuilder(budget);
        String string = text.string();
        boolean starts = true;
        for (int i = 0; i < string.length(); ) {
            int c = string.codePointAt(i);
            String letter = Character.toString(c);
            out.append(
                    starts ? letter.toUpperCase(java.util.Locale.ROOT) : letter.toLowerCase(java.util.Locale.ROOT),
                    text.isTrustedAt(i));
            starts = PythonChars.isSpace(c) || "-([{<".indexOf(c) >= 0;
            i += Character.charCount(c);
        }
        return out.build();
    }

    private static Text escape(Budget budget, Text text) {
        TextBuilder out = new TextBuilder(budget);
        String string = text.string();
        for (int i = 0; i < string.length(); i++) {
            String entity = switch (string.charAt(i)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '"' -> "&#34;";
                case '\'' -> "&#39;";
                default -> null;
            };
            if (entity == null) {
                out.append(text, i, i + 1);
            } else {
                out.append(entity, text.isTrustedAt(i));
            }
        }
        return out.build();
    }

    private static Text indent(Budget budget, Text text, Arguments arguments) {
        var given = arguments.bind("indent", "width", "first", "blank");
        Text indention = given[0] instanceof Text literal
                ? literal
                : (Text) TextMethods.call(
                        budget,
                        Text.EMPTY,
                        "ljust",
                        Arguments.of(Value.of(Math.max(0, Arguments.integer("indent", given[0], 4)))));
        boolean blank = Arguments.flag(given[2], false);
        TextBuilder out = new TextBuilder(budget);
        String string = text.string();
        if (Arguments.flag(given[1], false)) {
            out.append(indention);
        }
        for (int from = 0; ; ) {
            int newline = string.indexOf('\n', from);
            int end = newline < 0 ? string.length() : newline;
            if (from > 0 && (blank || end > from)) {
                out.append(indention);
            }
            budget.step();
            out.append(text, from, newline < 0 ? end : end + 1);
            if (newline < 0) {
                return out.build();
            }
            from = newline + 1;
        }
    }

    private static Text truncate(Budget budget, Text text, Arguments arguments) {
        var given = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        long length = Arguments.integer("truncate", given[0], 255);
        Text end = given[2] == null ? Text.trusted("...") : Arguments.text("truncate", given[2]);
        long leeway = Arguments.integer("truncate", given[3], 5);
        if (length < end.length() || leeway < 0) {
            throw new Fault("truncate() needs a length of at least that of its end, and a leeway of at least 0");
        }
        if (text.length() <= length + leeway) {
            return text;
        }
        int cut = text.offset((int) length - end.length());
        if (!Arguments.flag(given[1], false)) {
            int space = text.string().substring(0, cut).lastIndexOf(' ');
            cut = space < 0 ? cut : space;
        }
        return new TextBuilder(budget).append(text, 0, cut).append(end).build();
    }

    private static Text urlencode(Budget budget, Text text) {
        TextBuilder out = new TextBuilder(budget);
        String string = text.string();
        for (int i = 0; i < string.length(); ) {
            int c = string.codePointAt(i);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "_.-~/".indexOf(c) >= 0);
            if (plain) {
                out.appendCodePoint(c, text.isTrustedAt(i));
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    out.append(String.format("%%%02X", b & 0xff), text.isTrustedAt(i));
                }
            }
            i += Character.charCount(c);
        }
        return out.build();
    }

    private static Value wordcount(Text text) {
        int words = 0;
        boolean inWord = false;
        for (int i = 0; i < text.string().length(); i++) {
            char c = text.string().charAt(i);
            boolean isWord = Character.isLetterOrDigit(c) || c == '_';
            words += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }
        return Value.of(words);
    }
}
