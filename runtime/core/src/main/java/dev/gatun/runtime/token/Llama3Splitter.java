package dev.gatun.runtime.token;

import static dev.gatun.runtime.token.CharacterClasses.LETTER;
import static dev.gatun.runtime.token.CharacterClasses.NEWLINE;
import static dev.gatun.runtime.token.CharacterClasses.NUMBER;
import static dev.gatun.runtime.token.CharacterClasses.SPACE;

/**
 * {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[letters]+|\p{N}{1,digits}| ?[^\s letters \p{N}]+[\r\n]*|
 * \s*[\r\n]+|\s+(?!\S)|\s+}.
 *
 * @param letters the classes of which words are made: {@code \p{L}}, for Qwen 3.5 also {@code \p{M}}
 * @param digits the most digits of one piece
 */
record Llama3Splitter(int letters, int digits) implements Splitter {
    @Override
    public int match(CodePoints text, int from, int end) {
        int contraction = Scan.contraction(text, from, end, true);
        if (contraction > from) {
            return contraction;
        }
        short[] of = text.classes();
        int classes = of[from];
        if ((classes & letters) != 0) {
            return Scan.run(text, from, end, letters);
        }
        if ((classes & (NEWLINE | LETTER | NUMBER)) == 0 && from + 1 < end && (of[from + 1] & letters) != 0) {
            return Scan.run(text, from + 1, end, letters);
        }
        if ((classes & NUMBER) != 0) {
            return Scan.run(text, from, Math.min(end, from + digits), NUMBER);
        }
        int start = text.points()[from] == ' ' ? from + 1 : from;
        int other = Scan.runOutside(text, start, end, SPACE | letters | NUMBER);
        if (other > start) {
            return Scan.run(text, other, end, NEWLINE);
        }
        return Scan.lines(text, from, end);
    }
}
