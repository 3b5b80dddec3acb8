package dev.gatun.runtime.token;

import java.util.Arrays;

/** A stretch of text as code points and their classes. A lone surrogate becomes U+FFFD, since UTF-8 can not hold it. */
final class CodePoints {
    private static final int REPLACEMENT = 0xFFFD;

    private int[] points = new int[0];
    private short[] classes = new short[0];
    private int length;

    int length() {
        return length;
    }

    /** The code points; only the first {@link #length} are valid, until the next {@link #set}. */
    int[] points() {
        return points;
    }

    /** {@link CharacterClasses} of each code point. */
    short[] classes() {
        return classes;
    }

    void set(String text, int from, int to) {
        if (points.length < to - from) {
            points = new int[to - from];
            classes = new short[to - from];
        }
        int count = 0;
        for (int i = from; i < to; i++) {
            int point = text.charAt(i);
            if (point >= 0x80) {
                if (Character.isSurrogate((char) point)) {
                    if (Character.isHighSurrogate((char) point)
                            && i + 1 < to
                            && Character.isLowSurrogate(text.charAt(i + 1))) {
                        point = Character.toCodePoint((char) point, text.charAt(++i));
                    } else {
                        point = REPLACEMENT;
                    }
                }
            }
            points[count] = point;
            classes[count++] = CharacterClasses.of(point);
        }
        length = count;
    }

    /**
     * Writes code points as UTF-8.
     *
     * @return the bytes written
     */
    int utf8(int from, int to, byte[] target) {
        int size = 0;
        for (int i = from; i < to; i++) {
            int point = points[i];
            if (point < 0x80) {
                target[size++] = (byte) point;
            } else {
                size = utf8(point, target, size);
            }
        }
        return size;
    }

    /** A buffer with room for {@code points} code points as UTF-8: {@code buffer} itself if it is wide enough. */
    static byte[] room(byte[] buffer, int points) {
        return buffer.length >= 4L * points
                ? buffer
                : Arrays.copyOf(buffer, Math.multiplyExact(4, points + (points >> 2)));
    }

    private static int utf8(int point, byte[] target, int start) {
        int size = start;
        if (point < 0x800) {
            target[size++] = (byte) (0xC0 | (point >> 6));
        } else {
            if (point < 0x10000) {
                target[size++] = (byte) (0xE0 | (point >> 12));
            } else {
                target[size++] = (byte) (0xF0 | (point >> 18));
                target[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
            }
            target[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        }
        target[size++] = (byte) (0x80 | (point & 0x3F));
        return size;
    }
}
