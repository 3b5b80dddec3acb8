package dev.gatun.runtime.token;

import java.util.Arrays;

/**
 * The characters by which byte-level vocabularies spell bytes (GPT-2's {@code bytes_to_unicode}): bytes 33-126, 161-172
 * and 174-255 stand for themselves, the other 68 are U+0100 and up in order.
 */
final class ByteAlphabet {
    private static final int LAST = 0x143;
    private static final short[] BYTE_OF = new short[LAST + 1];

    static {
        int next = 0x100;
        Arrays.fill(BYTE_OF, (short) -1);
        for (int b = 0; b < 256; b++) {
            boolean itself = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
            BYTE_OF[itself ? b : next++] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /** The byte that {@code character} spells, or -1. */
    static int byteOf(char character) {
        return character <= LAST ? BYTE_OF[character] : -1;
    }

    /**
     * Writes the bytes of a spelling, one for each character.
     *
     * @return how many, or -1 if a character spells none
     */
    static int bytes(String spelling, byte[] target, int offset) {
        for (int i = 0; i < spelling.length(); i++) {
            int value = byteOf(spelling.charAt(i));
            if (value < 0) {
                return -1;
            }
            target[offset + i] = (byte) value;
        }
        return spelling.length();
    }
}
