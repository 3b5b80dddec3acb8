package dev.gatun.sampler.constraint;

/** What a user wrote, read code point by code point, and the place of mistakes in it. */
final class PatternText {
    static final int END = -1;

    private static final int MOST_DEPTH = 200;

    private final String notation;
    private final String text;
    private int position;
    private int depth;

    PatternText(String notation, String text, int mostCharacters) {
        this.notation = notation;
        this.text = text;
        if (text.length() > mostCharacters) {
            throw new InvalidConstraintException("The " + notation + " has " + text.length() + " characters; at most "
                    + mostCharacters + " are accepted.");
        }
    }

    int position() {
        return position;
    }

    void back(int earlier) {
        position = earlier;
    }

    boolean isAtEnd() {
        return position == text.length();
    }

    /** The code point that comes next, or {@link #END}. */
    int peek() {
        return isAtEnd() ? END : text.codePointAt(position);
    }

    int next() {
        int codePoint = peek();
        position += codePoint == END ? 0 : Character.charCount(codePoint);
        return codePoint;
    }

    boolean startsWith(String prefix) {
        return text.startsWith(prefix, position);
    }

    boolean skip(String prefix) {
        boolean found = startsWith(prefix);
        position += found ? prefix.length() : 0;
        return found;
    }

    String from(int start) {
        return text.substring(start, position);
    }

    /** Reads digits as a number; -1 if there is none. */
    int number(int most) {
        long value = -1;
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.max(0, value) * 10 + (next() - '0');
            if (value > most) {
                throw error(start, "a number is above " + most);
            }
        }
        return (int) value;
    }

    /** Reads hexadecimal digits, exactly as many as said. */
    int hex(int digits) {
        int start = position;
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
            if (digit < 0) {
                throw error(start, digits + " hexadecimal digits are expected");
            }
            value = value << 4 | digit;
            next();
        }
        if (value > CodePointSet.LAST || value < 0) {
            throw error(start, "there is no code point " + Integer.toHexString(value));
        }
        return value;
    }

    void enter() {
        if (++depth > MOST_DEPTH) {
            throw error(position, "groups are nested more than " + MOST_DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }

    InvalidConstraintException error(int at, String reason) {
        return new InvalidConstraintException("The " + notation + " is wrong at " + place(at) + ": " + reason + ".");
    }

    private String place(int at) {
        int begin = text.lastIndexOf('\n', at - 1) + 1;
        if (begin == 0 && text.indexOf('\n') < 0) {
            return "position " + at;
        }
        long line = 1 + text.substring(0, begin).chars().filter(c -> c == '\n').count();
        return "line " + line + ", column " + (at - begin + 1);
    }

    static String show(int codePoint) {
        return codePoint == END ? "the end" : "\"" + Character.toString(codePoint) + "\"";
    }
}
