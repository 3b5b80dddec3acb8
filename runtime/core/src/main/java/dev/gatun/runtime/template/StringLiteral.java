package dev.gatun.runtime.template;

/** String literals of a template, with Python's escapes. */
final class StringLiteral {
    private static final String SIMPLE = "nrtabfv\\'\"";
    private static final String MEANING = "\n\r\t\007\b\f\013\\'\"";

    private StringLiteral() {}

    /** Offset just after the literal whose quote stands at {@code start}. */
    static int end(String source, int start) {
        char quote = source.charAt(start);
        for (int i = start + 1; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == quote) {
                return i + 1;
            }
        }
        throw TemplateException.at(source, start, "the string is not closed");
    }

    static String value(String source, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            char c = source.charAt(i++);
            if (c != '\\' || i == to) {
                out.append(c);
                continue;
            }
            char e = source.charAt(i++);
            int simple = SIMPLE.indexOf(e);
            if (simple >= 0) {
                out.append(MEANING.charAt(simple));
            } else if (e == 'x' || e == 'u' || e == 'U') {
                int digits = e == 'x' ? 2 : e == 'u' ? 4 : 8;
                out.appendCodePoint(hex(source, i, Math.min(to, i + digits), digits));
                i += digits;
            } else if (e >= '0' && e <= '7') {
                int value = e - '0';
                for (int n = 0; n < 2 && i < to && source.charAt(i) >= '0' && source.charAt(i) <= '7'; n++) {
                    value = value * 8 + source.charAt(i++) - '0';
                }
                out.append((char) value);
            } else if (e != '\n') {
                out.append('\\').append(e);
            }
        }
        return out.toString();
    }

    private static int hex(String source, int from, int to, int digits) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(source.charAt(i), 16);
            if (digit < 0 || value > 0x10ffff) {
                throw TemplateException.at(source, i, "the escape needs " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        if (to - from < digits || value > 0x10ffff || value < 0) {
            throw TemplateException.at(
                    source, from, "the escape needs " + digits + " hexadecimal digits of a code point");
        }
        return value;
    }
}
