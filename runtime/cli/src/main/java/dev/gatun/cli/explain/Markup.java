package dev.gatun.cli.explain;

import java.util.Locale;

/** Builds HTML and SVG; whatever comes from a model or a person goes through {@link #text}, which escapes it. */
final class Markup {
    private final StringBuilder out = new StringBuilder(1 << 16);

    /** Adds a piece of markup as it is: never anything from outside. */
    Markup raw(String markup) {
        out.append(markup);
        return this;
    }

    /** Adds text, escaped for elements and for attributes in double quotes. */
    Markup text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c == '\n' || c == '\t' || c >= ' ' ? c : '\uFFFD');
            }
        }
        return this;
    }

    /** Adds a number with at most two decimals. */
    Markup number(double value) {
        long hundredths = Math.round(value * 100);
        if (hundredths % 100 == 0) {
            out.append(hundredths / 100);
        } else {
            out.append(String.format(Locale.ROOT, "%.2f", value));
        }
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
