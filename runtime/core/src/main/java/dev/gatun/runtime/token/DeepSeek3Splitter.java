package dev.gatun.runtime.token;

import static dev.gatun.runtime.token.CharacterClasses.LETTER;
import static dev.gatun.runtime.token.CharacterClasses.MARK;
import static dev.gatun.runtime.token.CharacterClasses.NEWLINE;
import static dev.gatun.runtime.token.CharacterClasses.PUNCTUATION;
import static dev.gatun.runtime.token.CharacterClasses.SPACE;
import static dev.gatun.runtime.token.CharacterClasses.SYMBOL;

/**
 * The last expression of DeepSeek V3, with A the punctuation of ASCII: {@code
 * [A][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}. What it does not
 * match, such as control characters, stays as a gap.
 */
final class DeepSeek3Splitter implements Splitter {
    @Override
    public int match(CodePoints text, int from, int end) {
        int[] points = text.points();
        short[] of = text.classes();
        if (isAsciiPunctuation(points[from]) && from + 1 < end && isAsciiLetter(points[from + 1])) {
            int at = from + 2;
            while (at < end && isAsciiLetter(points[at])) {
                at++;
            }
            return at;
        }
        int classes = of[from];
        boolean prefix = (classes & (NEWLINE | LETTER | PUNCTUATION | SYMBOL)) == 0;
        if (prefix && from + 1 < end && (of[from + 1] & (LETTER | MARK)) != 0) {
            return Scan.run(text, from + 1, end, LETTER | MARK);
        }
        if ((classes & (LETTER | MARK)) != 0) {
            return Scan.run(text, from, end, LETTER | MARK);
        }
        int start = points[from] == ' ' ? from + 1 : from;
        int other = Scan.run(text, start, end, PUNCTUATION | SYMBOL);
        if (other > start) {
            return Scan.run(text, other, end, NEWLINE);
        }
        return (classes & SPACE) != 0 ? Scan.lines(text, from, end) : -1;
    }

    private static boolean isAsciiPunctuation(int point) {
        return (point > ' ' && point < '0')
                || (point > '9' && point < 'A')
                || (point > 'Z' && point < 'a')
                || (point > 'z' && point < 0x7F);
    }

    private static boolean isAsciiLetter(int point) {
        return (point >= 'A' && point <= 'Z') || (point >= 'a' && point <= 'z');
    }
}
