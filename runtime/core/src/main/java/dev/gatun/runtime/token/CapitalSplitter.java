package dev.gatun.runtime.token;

import static dev.gatun.runtime.token.CharacterClasses.HEAD;
import static dev.gatun.runtime.token.CharacterClasses.LETTER;
import static dev.gatun.runtime.token.CharacterClasses.NEWLINE;
import static dev.gatun.runtime.token.CharacterClasses.NUMBER;
import static dev.gatun.runtime.token.CharacterClasses.SPACE;
import static dev.gatun.runtime.token.CharacterClasses.TAIL;

/**
 * The expressions of GPT-4o and Tekken, which also cut words before capitals: with H = {@code
 * [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]}, T = {@code [\p{Ll}\p{Lm}\p{Lo}\p{M}]} and C the contractions, {@code
 * [^\r\n\p{L}\p{N}]?H*T+C?|[^\r\n\p{L}\p{N}]?H+T*C?|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
 *
 * @param contractions whether C is there
 * @param digits the most digits of one piece
 */
record CapitalSplitter(boolean contractions, int digits) implements Splitter {
    @Override
    public int match(CodePoints text, int from, int end) {
        int word = word(text, from, end);
        if (word > from) {
            return contractions && word < end ? Scan.contraction(text, word, end, true) : word;
        }
        if ((text.classes()[from] & NUMBER) != 0) {
            return Scan.run(text, from, Math.min(end, from + digits), NUMBER);
        }
        int start = text.points()[from] == ' ' ? from + 1 : from;
        int other = Scan.runOutside(text, start, end, SPACE | LETTER | NUMBER);
        if (other > start) {
            while (other < end && ((text.classes()[other] & NEWLINE) != 0 || text.points()[other] == '/')) {
                other++;
            }
            return other;
        }
        return Scan.lines(text, from, end);
    }

    private static int word(CodePoints text, int from, int end) {
        boolean prefix = (text.classes()[from] & (NEWLINE | LETTER | NUMBER)) == 0;
        int matched = prefix ? lower(text, from + 1, end) : -1;
        if (matched < 0) {
            matched = lower(text, from, end);
        }
        if (matched < 0 && prefix) {
            matched = upper(text, from + 1, end);
        }
        return matched < 0 ? upper(text, from, end) : matched;
    }

    /** {@code H*T+}, or -1. */
    private static int lower(CodePoints text, int from, int end) {
        short[] of = text.classes();
        int head = Scan.run(text, from, end, HEAD);
        if (head < end && (of[head] & TAIL) != 0) {
            return Scan.run(text, head, end, TAIL);
        }
        // H* has taken all that T could: it gives back up to the last of its characters that is a T too.
        for (int i = head; i > from; i--) {
            if ((of[i - 1] & TAIL) != 0) {
                return i;
            }
        }
        return -1;
    }

    /** {@code H+T*}, or -1. */
    private static int upper(CodePoints text, int from, int end) {
        int head = Scan.run(text, from, end, HEAD);
        return head > from ? Scan.run(text, head, end, TAIL) : -1;
    }
}
