package dev.gatun.sampler.constraint;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** A JSON value. */
sealed interface Json {
    /** Members in the order they were written in. */
    record Members(Map<String, Json> map) implements Json {}

    record Elements(List<Json> list) implements Json {}

    record Text(String value) implements Json {}

    /**
     * A number.
     *
     * @param literal as it was written
     */
    record Numeral(String literal) implements Json {
        BigDecimal value() {
            return new BigDecimal(literal);
        }
    }

    record Bool(boolean value) implements Json {}

    record Null() implements Json {}

    /** The value without white space; numbers as they were written. */
    default String write() {
        StringBuilder out = new StringBuilder();
        write(this, out);
        return out.toString();
    }

    private static void write(Json json, StringBuilder out) {
        switch (json) {
            case Members members -> {
                char separator = '{';
                for (var member : members.map().entrySet()) {
                    out.append(separator).append(quote(member.getKey())).append(':');
                    write(member.getValue(), out);
                    separator = ',';
                }
                out.append(separator == '{' ? "{}" : "}");
            }
            case Elements elements -> {
                char separator = '[';
                for (Json element : elements.list()) {
                    out.append(separator);
                    write(element, out);
                    separator = ',';
                }
                out.append(separator == '[' ? "[]" : "]");
            }
            case Text text -> out.append(quote(text.value()));
            case Numeral number -> out.append(number.literal());
            case Bool bool -> out.append(bool.value());
            case Null nothing -> out.append("null");
        }
    }

    /** A text as JSON writes it, with no more escapes than needed. */
    static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
