package dev.gatun.runtime.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Walks the bytes of a file from front to back and never past the end: the one place where lengths are checked. */
final class GgufCursor {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private long offset;

    GgufCursor(MemorySegment bytes) {
        this.bytes = bytes;
    }

    long offset() {
        return offset;
    }

    long remaining() {
        return bytes.byteSize() - offset;
    }

    byte int8(String field) {
        return bytes.get(ValueLayout.JAVA_BYTE, advance(1, field));
    }

    short int16(String field) {
        return bytes.get(SHORT, advance(2, field));
    }

    int int32(String field) {
        return bytes.get(INT, advance(4, field));
    }

    long int64(String field) {
        return bytes.get(LONG, advance(8, field));
    }

    /**
     * An unsigned 64-bit count of things that take at least {@code leastByteSize} bytes each, so that no count can ask for
     * more than the file holds.
     */
    long count(String field, long leastByteSize, long most) {
        long at = offset;
        long count = int64(field);
        long limit = Math.min(most, remaining() / leastByteSize);
        if (count < 0 || count > limit) {
            throw new GgufFormatException(
                    at,
                    field,
                    "at most " + limit + (limit < most ? " (what the rest of the file can hold)" : ""),
                    Long.toUnsignedString(count));
        }
        return count;
    }

    /** A string with a 64-bit length in front, of at most {@code most} bytes of UTF-8. */
    String string(String field, long most) {
        int length = (int) count(field + " length", 1, most);
        long at = advance(length, field);
        byte[] text = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, text, 0, length);
        try {
            return utf8.decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            throw new GgufFormatException(at, field, "UTF-8 text", "bytes that are not");
        }
    }

    private long advance(long byteSize, String field) {
        long at = offset;
        if (byteSize > remaining()) {
            throw new GgufFormatException(
                    at, field, byteSize + " bytes", remaining() + " bytes before the end of the file");
        }
        offset = at + byteSize;
        return at;
    }
}
