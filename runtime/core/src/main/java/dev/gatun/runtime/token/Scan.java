package dev.gatun.runtime.token;

import static dev.gatun.runtime.token.CharacterClasses.NEWLINE;
import static dev.gatun.runtime.token.CharacterClasses.SPACE;

/** The parts that the expressions of the GPT family share. Each returns where the part that begins at {@code from} ends. */
final class Scan {
    private static final int LONG_S = 0x17F;

    private Scan() {}

    /** {@code [classes]*}. */
    static int run(CodePoints text, int from, int end, int classes) {
        short[] of = text.classes();
        int at = from;
        while (at < end && (of[at] & classes) != 0) {
            at++;
        }
        return at;
    }

    /** {@code [^classes]*}. */
    static int runOutside(CodePoints text, int from, int end, int classes) {
        short[] of = text.classes();
        int at = from;
        while (at < end && (of[at] & classes) == 0) {
            at++;
        }
        return at;
    }

    /** {@code 's|'t|'re|'ve|'m|'ll|'d}, or {@code from} if none of them begins here. */
    static int contraction(CodePoints text, int from, int end, boolean ignoreCase) {
        int[] points = text.points();
        if (points[from] != '\'' || from + 1 >= end) {
            return from;
        }
        int first = letter(points[from + 1], ignoreCase);
        int second = from + 2 < end ? letter(points[from + 2], ignoreCase) : 0;
        return switch (first) {
            case 's', 't', 'm', 'd' -> from + 2;
            case 'r', 'v' -> second == 'e' ? from + 3 : from;
            case 'l' -> second == 'l' ? from + 3 : from;
            default -> from;
        };
    }

    private static int letter(int point, boolean ignoreCase) {
        if (!ignoreCase) {
            return point;
        }
        if (point == LONG_S) {
            return 's';
        }
        return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
    }

    /** {@code \s+(?!\S)|\s+} at white space: a run leaves its last character to the word that follows. */
    static int space(CodePoints text, int from, int end) {
        int at = run(text, from, end, SPACE);
        return at < end && at - from > 1 ? at - 1 : at;
    }

    /** {@code \s*[\r\n]+|\s+(?!\S)|\s+} at white space: a run that holds line ends stops behind the last of them. */
    static int lines(CodePoints text, int from, int end) {
        short[] of = text.classes();
        int at = run(text, from, end, SPACE);
        for (int i = at; i > from; i--) {
            if ((of[i - 1] & NEWLINE) != 0) {
                return i;
            }
        }
        return at < end && at - from > 1 ? at - 1 : at;
    }
}
