package dev.gatun.runtime.gguf;

/** Text from a file as messages may show it: without what could break a terminal or a log line, and not endless. */
public final class Printable {
    private static final int MOST_SHOWN = 120;

    private Printable() {}

    /** The text with control and format characters escaped, cut after 120 characters. */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(MOST_SHOWN).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || !Character.isDefined(c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) > MOST_SHOWN
                ? shown.append("...").toString()
                : shown.toString();
    }
}
