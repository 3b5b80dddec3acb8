package dev.gatun.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads stored weights as {@link DType} lays them out: of quantised types the parts of a group of 32, with
 * {@code value = scale * code + minimum}; of float types single elements.
 */
public final class WeightGroup {
    /** Columns of a group. */
    public static final int SIZE = 32;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private WeightGroup() {}

    /** Whether groups of this type have a minimum. */
    public static boolean hasMinimum(DType type) {
        return type == DType.Q4_1 || type == DType.Q5_1;
    }

    /** The scale of the group at {@code offset}. */
    public static float scale(MemorySegment source, long offset) {
        return Float.float16ToFloat(source.get(SHORT, offset));
    }

    /** The minimum of the group at {@code offset}, 0 for types without. */
    public static float minimum(DType type, MemorySegment source, long offset) {
        return hasMinimum(type) ? Float.float16ToFloat(source.get(SHORT, offset + 2)) : 0f;
    }

    /** Writes the 32 signed integer codes of the group at {@code offset}. */
    public static void codes(DType type, MemorySegment source, long offset, int[] codes) {
        switch (type) {
            case Q4_0 -> nibbles(source, offset + 2, 0, -8, codes);
            case Q4_1 -> nibbles(source, offset + 4, 0, 0, codes);
            case Q5_0 -> nibbles(source, offset + 6, source.get(INT, offset + 2), -16, codes);
            case Q5_1 -> nibbles(source, offset + 8, source.get(INT, offset + 4), 0, codes);
            case Q8_0 -> {
                for (int i = 0; i < SIZE; i++) {
                    codes[i] = source.get(ValueLayout.JAVA_BYTE, offset + 2 + i);
                }
            }
            case F32, F16, BF16 -> throw new IllegalArgumentException("not quantised: type=" + type);
        }
    }

    private static void nibbles(MemorySegment source, long offset, int fifthBits, int bias, int[] codes) {
        for (int i = 0; i < SIZE / 2; i++) {
            int both = source.get(ValueLayout.JAVA_BYTE, offset + i);
            codes[i] = ((both & 15) | (((fifthBits >>> i) & 1) << 4)) + bias;
            codes[i + 16] = (((both >>> 4) & 15) | (((fifthBits >>> (i + 16)) & 1) << 4)) + bias;
        }
    }

    /** Element {@code index} of float weights that start at {@code offset}. */
    public static float floatElement(DType type, MemorySegment source, long offset, long index) {
        return switch (type) {
            case F32 -> source.get(FLOAT, offset + 4 * index);
            case F16 -> Float.float16ToFloat(source.get(SHORT, offset + 2 * index));
            case BF16 -> Float.intBitsToFloat(source.get(SHORT, offset + 2 * index) << 16);
            default -> throw new IllegalArgumentException("not a float type: type=" + type);
        };
    }
}
