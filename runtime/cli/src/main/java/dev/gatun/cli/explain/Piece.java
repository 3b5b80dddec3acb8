package dev.gatun.cli.explain;

/**
 * A token and what it spells.
 *
 * @param id of the token
 * @param text as a person reads it
 */
public record Piece(int id, String text) {

    /** The text in quotes, white space and controls made visible. */
    public String quoted() {
        return "\"" + visible() + "\"";
    }

    /** The text on one line, white space and controls made visible. */
    String visible() {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case ' ' -> out.append('\u00b7');
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.appendCodePoint(Character.isISOControl(c) ? 0xFFFD : c);
            }
        });
        return out.toString();
    }

    /** The begin of {@link #visible()}, at most so many characters. */
    String visible(int most) {
        String text = visible();
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "\u2026";
    }
}
