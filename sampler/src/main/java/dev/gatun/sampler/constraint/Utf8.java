package dev.gatun.sampler.constraint;

/** Splits ranges of code points into ranges of bytes: every text of UTF-8, and nothing else. */
final class Utf8 {
    private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, CodePointSet.LAST};
    private static final int CONTINUATION = 0x80;
    private static final int PAYLOAD = 0x3F;
    private static final int PAYLOAD_BITS = 6;

    private Utf8() {}

    /** Takes byte ranges that follow each other, as {@code lows[i]..highs[i]} for i below {@code length}. */
    @FunctionalInterface
    interface Sink {
        void accept(int[] lows, int[] highs, int length);
    }

    /** Splits an inclusive range of code points; surrogates, which UTF-8 cannot spell, are left out. */
    static void split(int low, int high, Sink sink) {
        if (low < Character.MIN_SURROGATE) {
            splitByLength(low, Math.min(high, Character.MIN_SURROGATE - 1), sink);
        }
        if (high > Character.MAX_SURROGATE) {
            splitByLength(Math.max(low, Character.MAX_SURROGATE + 1), high, sink);
        }
    }

    private static void splitByLength(int low, int high, Sink sink) {
        int from = low;
        for (int length = 1; length <= LAST_OF_LENGTH.length && from <= high; length++) {
            int last = Math.min(high, LAST_OF_LENGTH[length - 1]);
            if (from <= last) {
                splitEven(from, last, length, length - 1, sink);
                from = last + 1;
            }
        }
    }

    /** Splits until, in each part, all bytes but one that are left of a difference are equal and those right of it free. */
    private static void splitEven(int low, int high, int length, int trailing, Sink sink) {
        if (trailing > 0) {
            int mask = (1 << (PAYLOAD_BITS * trailing)) - 1;
            if ((low & ~mask) != (high & ~mask)) {
                int from = low;
                int to = high;
                if ((low & mask) != 0) {
                    splitEven(low, low | mask, length, trailing - 1, sink);
                    from = (low | mask) + 1;
                }
                if ((high & mask) != mask) {
                    to = (high & ~mask) - 1;
                }
                if (from <= to) {
                    emit(from, to, length, sink);
                }
                if (to != high) {
                    splitEven(high & ~mask, high, length, trailing - 1, sink);
                }
                return;
            }
            splitEven(low, high, length, trailing - 1, sink);
            return;
        }
        emit(low, high, length, sink);
    }

    private static void emit(int low, int high, int length, Sink sink) {
        int[] lows = new int[length];
        int[] highs = new int[length];
        encode(low, lows);
        encode(high, highs);
        sink.accept(lows, highs, length);
    }

    private static void encode(int codePoint, int[] bytes) {
        int rest = codePoint;
        for (int i = bytes.length - 1; i > 0; i--) {
            bytes[i] = CONTINUATION | (rest & PAYLOAD);
            rest >>>= PAYLOAD_BITS;
        }
        bytes[0] = bytes.length == 1 ? rest : (0xF00 >> bytes.length & 0xFF) | rest;
    }
}
