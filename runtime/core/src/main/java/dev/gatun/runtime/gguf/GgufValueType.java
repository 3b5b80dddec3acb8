package dev.gatun.runtime.gguf;

/** The types of metadata values, in the order of their numbers in the file. */
enum GgufValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private static final GgufValueType[] BY_NUMBER = values();

    private final int leastByteSize;

    GgufValueType(int leastByteSize) {
        this.leastByteSize = leastByteSize;
    }

    /** The least a value of this type takes in a file. */
    int leastByteSize() {
        return leastByteSize;
    }

    static GgufValueType read(GgufCursor cursor, String field) {
        long at = cursor.offset();
        int number = cursor.int32(field);
        if (number < 0 || number >= BY_NUMBER.length) {
            throw new GgufFormatException(
                    at, field, "a number from 0 to " + (BY_NUMBER.length - 1), Integer.toUnsignedString(number));
        }
        return BY_NUMBER[number];
    }
}
