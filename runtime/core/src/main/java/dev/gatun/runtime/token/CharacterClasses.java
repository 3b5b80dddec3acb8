package dev.gatun.runtime.token;

import java.util.Arrays;

/**
 * The Unicode classes that pre-tokenizers ask for, as bits, looked up in a table of two levels made once from the general
 * categories of this JDK.
 */
final class CharacterClasses {
    /** {@code \p{L}}. */
    static final int LETTER = 1;
    /** {@code \p{N}}. */
    static final int NUMBER = 2;
    /** {@code \s}: the property White_Space. */
    static final int SPACE = 4;
    /** {@code \p{M}}. */
    static final int MARK = 8;
    /** {@code \p{P}}. */
    static final int PUNCTUATION = 16;
    /** {@code \p{S}}. */
    static final int SYMBOL = 32;
    /** {@code [\r\n]}. */
    static final int NEWLINE = 64;
    /** {@code [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]}: may stand in the head of a capitalised word. */
    static final int HEAD = 128;
    /** {@code [\p{Ll}\p{Lm}\p{Lo}\p{M}]}: may stand in the tail of a capitalised word. */
    static final int TAIL = 256;

    private static final int BLOCK = 256;
    private static final short[][] BLOCKS = new short[(Character.MAX_CODE_POINT + 1) / BLOCK][];

    static {
        short[] previous = new short[0];
        for (int b = 0; b < BLOCKS.length; b++) {
            short[] block = new short[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                block[i] = (short) classify(b * BLOCK + i);
            }
            // Most of the code space is long stretches of equal blocks.
            BLOCKS[b] = Arrays.equals(block, previous) ? previous : block;
            previous = BLOCKS[b];
        }
    }

    private CharacterClasses() {}

    static short of(int codePoint) {
        return BLOCKS[codePoint >> 8][codePoint & (BLOCK - 1)];
    }

    private static int classify(int point) {
        return category(point) | (isSpace(point) ? SPACE : 0) | (point == '\r' || point == '\n' ? NEWLINE : 0);
    }

    private static int category(int point) {
        return switch (Character.getType(point)) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> LETTER | HEAD;
            case Character.LOWERCASE_LETTER -> LETTER | TAIL;
            case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER | HEAD | TAIL;
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
                MARK | HEAD | TAIL;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> PUNCTUATION;
            case Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL, Character.MODIFIER_SYMBOL, Character.OTHER_SYMBOL ->
                SYMBOL;
            default -> 0;
        };
    }

    private static boolean isSpace(int point) {
        return (point >= 0x09 && point <= 0x0D) || point == 0x85 || Character.isSpaceChar(point);
    }
}
