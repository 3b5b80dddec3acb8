package dev.gatun.runtime.token;

import static dev.gatun.runtime.token.CharacterClasses.LETTER;
import static dev.gatun.runtime.token.CharacterClasses.NUMBER;
import static dev.gatun.runtime.token.CharacterClasses.SPACE;

/** {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}. */
final class Gpt2Splitter implements Splitter {
    @Override
    public int match(CodePoints text, int from, int end) {
        int contraction = Scan.contraction(text, from, end, false);
        if (contraction > from) {
            return contraction;
        }
        int start = text.points()[from] == ' ' && from + 1 < end ? from + 1 : from;
        int classes = text.classes()[start];
        if ((classes & SPACE) != 0) {
            return Scan.space(text, from, end);
        }
        if ((classes & LETTER) != 0) {
            return Scan.run(text, start, end, LETTER);
        }
        if ((classes & NUMBER) != 0) {
            return Scan.run(text, start, end, NUMBER);
        }
        return Scan.runOutside(text, start, end, SPACE | LETTER | NUMBER);
    }
}
