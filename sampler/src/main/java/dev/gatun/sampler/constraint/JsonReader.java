package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON (RFC 8259), strictly: no comments, no keys twice, no halves of surrogate pairs. */
final class JsonReader {
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_DIGITS = 40;

    private final PatternText text;

    private JsonReader(String json) {
        this.text = new PatternText("JSON schema", json, MOST_CHARACTERS);
    }

    static Json read(String json) {
        var reader = new JsonReader(json);
        Json value = reader.value();
        reader.space();
        if (!reader.text.isAtEnd()) {
            throw reader.unexpected("the end");
        }
        return value;
    }

    private InvalidConstraintException unexpected(String wanted) {
        return text.error(text.position(), wanted + " is expected, not " + PatternText.show(text.peek()));
    }

    private void space() {
        while (text.peek() == ' ' || text.peek() == '\t' || text.peek() == '\n' || text.peek() == '\r') {
            text.next();
        }
    }

    private Json value() {
        space();
        int codePoint = text.peek();
        if (codePoint == '{' || codePoint == '[') {
            text.enter();
            text.next();
            Json value = codePoint == '{' ? members() : elements();
            text.leave();
            return value;
        }
        if (codePoint == '"') {
            return new Json.Text(string());
        }
        if (codePoint == '-' || (codePoint >= '0' && codePoint <= '9')) {
            return number();
        }
        if (text.skip("true")) {
            return new Json.Bool(true);
        }
        if (text.skip("false")) {
            return new Json.Bool(false);
        }
        if (text.skip("null")) {
            return new Json.Null();
        }
        throw unexpected("a value");
    }

    private Json members() {
        Map<String, Json> map = new LinkedHashMap<>();
        space();
        if (text.skip("}")) {
            return new Json.Members(map);
        }
        do {
            space();
            int start = text.position();
            if (text.peek() != '"') {
                throw unexpected("a key in quotes");
            }
            String key = string();
            space();
            if (!text.skip(":")) {
                throw unexpected("a colon");
            }
            if (map.put(key, value()) != null) {
                throw text.error(start, "the key " + Json.quote(key) + " comes twice");
            }
            space();
        } while (text.skip(","));
        if (!text.skip("}")) {
            throw unexpected("a comma or }");
        }
        return new Json.Members(map);
    }

    private Json elements() {
        List<Json> list = new ArrayList<>();
        space();
        if (text.skip("]")) {
            return new Json.Elements(list);
        }
        do {
            list.add(value());
            space();
        } while (text.skip(","));
        if (!text.skip("]")) {
            throw unexpected("a comma or ]");
        }
        return new Json.Elements(list);
    }

    private String string() {
        int start = text.position();
        text.next();
        StringBuilder out = new StringBuilder();
        while (!text.skip("\"")) {
            int at = text.position();
            int codePoint = text.next();
            if (codePoint == PatternText.END) {
                throw text.error(start, "a string is not closed");
            }
            if (codePoint < ' ') {
                throw text.error(at, "a string holds a control character; write it as \\u and four digits");
            }
            if (codePoint != '\\') {
                out.appendCodePoint(codePoint);
            } else {
                escape(at, out);
            }
        }
        for (int codePoint : out.codePoints().toArray()) {
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw text.error(start, "a string holds half of a surrogate pair");
            }
        }
        return out.toString();
    }

    private void escape(int at, StringBuilder out) {
        int escaped = text.next();
        switch (escaped) {
            case '"', '\\', '/' -> out.append((char) escaped);
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'u' -> out.append((char) text.hex(4));
            default -> throw text.error(at, "there is no such escape");
        }
    }

    private Json number() {
        int start = text.position();
        text.skip("-");
        if (!text.skip("0")) {
            digits();
        }
        if (text.skip(".")) {
            digits();
        }
        if (text.skip("e") || text.skip("E")) {
            if (!text.skip("+")) {
                text.skip("-");
            }
            int from = text.position();
            digits();
            if (text.position() - from > 2) {
                throw text.error(start, "a number's exponent has more than 2 digits");
            }
        }
        String literal = text.from(start);
        if (literal.length() > MOST_DIGITS) {
            throw text.error(start, "a number has more than " + MOST_DIGITS + " characters");
        }
        return new Json.Numeral(literal);
    }

    private void digits() {
        if (text.peek() < '0' || text.peek() > '9') {
            throw unexpected("a digit");
        }
        while (text.peek() >= '0' && text.peek() <= '9') {
            text.next();
        }
    }
}
