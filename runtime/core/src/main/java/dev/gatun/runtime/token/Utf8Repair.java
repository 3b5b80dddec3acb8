package dev.gatun.runtime.token;

import java.util.Arrays;

/**
 * Bytes in, whole UTF-8 characters out: what may still become a character is kept back, what never can becomes U+FFFD,
 * as often and where {@code new String(bytes, UTF_8)} would put it.
 */
final class Utf8Repair {
    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private final byte[] pending = new byte[4];
    private int pendingSize;
    private int wanted;
    private byte[] out = new byte[256];
    private int size;

    /** What has come out since the last {@link #clear}; the first {@link #size} bytes are valid. */
    byte[] buffer() {
        return out;
    }

    int size() {
        return size;
    }

    /** Forgets what has come out, not what is kept back. */
    void clear() {
        size = 0;
    }

    /** Makes room for the characters of this many more bytes. */
    void reserve(int bytes) {
        // Each byte and each of the three kept back can become a replacement of three.
        long room = size + 3L * (bytes + 3L);
        if (room > out.length) {
            out = Arrays.copyOf(out, Math.toIntExact(room * 5 / 4));
        }
    }

    void accept(byte[] bytes, int from, int to) {
        reserve(to - from);
        for (int i = from; i < to; i++) {
            accept(bytes[i]);
        }
    }

    /** Keeps back what another keeps back; what has come out stays each one's own. */
    void copy(Utf8Repair that) {
        System.arraycopy(that.pending, 0, pending, 0, that.pendingSize);
        pendingSize = that.pendingSize;
        wanted = that.wanted;
    }

    /** Ends the text: a character that is not whole becomes U+FFFD. */
    void finish() {
        reserve(0);
        if (pendingSize > 0) {
            replace();
        }
    }

    private void accept(byte value) {
        if (pendingSize > 0) {
            if (continues(value & 0xFF)) {
                pending[pendingSize++] = value;
                if (pendingSize == wanted) {
                    complete();
                }
                return;
            }
            replace();
        }
        if (value >= 0) {
            out[size++] = value;
            return;
        }
        wanted = length(value & 0xFF);
        pending[pendingSize++] = value;
        if (wanted == 0) {
            replace();
        }
    }

    private static int length(int lead) {
        if (lead >= 0xC2 && lead <= 0xDF) {
            return 2;
        }
        if (lead >= 0xE0 && lead <= 0xEF) {
            return 3;
        }
        return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
    }

    private boolean continues(int value) {
        if ((value & 0xC0) != 0x80) {
            return false;
        }
        if (pendingSize > 1) {
            return true;
        }
        return switch (pending[0] & 0xFF) {
            case 0xE0 -> value >= 0xA0;
            case 0xF0 -> value >= 0x90;
            case 0xF4 -> value < 0x90;
            default -> true;
        };
    }

    private void complete() {
        // A surrogate spelled in three bytes is one error to the decoder of java.lang.String.
        if (wanted == 3 && pending[0] == (byte) 0xED && (pending[1] & 0xFF) >= 0xA0) {
            replace();
            return;
        }
        for (int i = 0; i < pendingSize; i++) {
            out[size++] = pending[i];
        }
        pendingSize = 0;
    }

    private void replace() {
        for (byte b : REPLACEMENT) {
            out[size++] = b;
        }
        pendingSize = 0;
    }
}
