package dev.gatun.ptx.check;

import org.jspecify.annotations.Nullable;

/**
 * Something a checker found, with how often it happened at the same instructions.
 *
 * @param kind  of hazard, such as RAW
 * @param what  was touched, such as {@code shared+0x200 (tile+0x200)}
 * @param first the access that came first in this run; null where only one is involved
 * @param then  the access or instruction that gave it away
 */
public record Finding(
        Check check, String kind, String what, @Nullable Place first, Place then, String hint, long count) {

    Finding again() {
        return new Finding(check, kind, what, first, then, hint, count + 1);
    }

    /** The finding as compute-sanitizer would print it. */
    public String text(String fileName) {
        StringBuilder text = new StringBuilder();
        text.append("========= ERROR: ").append(check.title());
        text.append(kind.isEmpty() ? "" : " (" + kind + ")");
        text.append(", ").append(count).append(count == 1 ? " time" : " times");
        text.append("\n=========   ").append(what);
        line(text, then, fileName);
        if (first != null) {
            text.append("\n=========   after");
            line(text, first, fileName);
        }
        return text.append("\n=========   hint: ").append(hint).append('\n').toString();
    }

    private static void line(StringBuilder text, Place place, String fileName) {
        text.append(" by thread ").append(place.thread()).append(" warp ").append(place.warp());
        text.append(" lane ").append(place.lane()).append(", block ").append(place.block());
        text.append("\n=========       ").append(fileName).append(':').append(place.line());
        text.append("   ").append(place.text());
    }

    /** The finding as a JSON object. */
    public String json() {
        StringBuilder json = new StringBuilder("{");
        field(json, "check", check.name()).append(", ");
        field(json, "kind", kind).append(", ");
        field(json, "what", what).append(", ");
        json.append("\"count\": ").append(count).append(", \"then\": ");
        place(json, then).append(", \"first\": ");
        if (first == null) {
            json.append("null");
        } else {
            place(json, first);
        }
        json.append(", ");
        return field(json, "hint", hint).append('}').toString();
    }

    private static StringBuilder place(StringBuilder json, Place place) {
        json.append("{\"line\": ").append(place.line()).append(", ");
        field(json, "text", place.text()).append(", ");
        field(json, "thread", place.thread()).append(", ");
        json.append("\"warp\": ")
                .append(place.warp())
                .append(", \"lane\": ")
                .append(place.lane())
                .append(", ");
        return field(json, "block", place.block()).append('}');
    }

    private static StringBuilder field(StringBuilder json, String name, String value) {
        json.append('"').append(name).append("\": \"");
        for (int n = 0; n < value.length(); n++) {
            char c = value.charAt(n);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }
}
