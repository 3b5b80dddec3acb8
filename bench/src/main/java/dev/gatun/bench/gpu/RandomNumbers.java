package dev.gatun.bench.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Random operands, never zeroes: a GPU draws less power on those and clocks higher. Normal numbers come from a table, as
 * weights are many.
 */
final class RandomNumbers {
    private static final int TABLE = 1 << 16;
    private static final float[] NORMAL = table();
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private RandomNumbers() {}

    private static float[] table() {
        Random random = new Random(1);
        float[] table = new float[TABLE];
        for (int i = 0; i < TABLE; i++) {
            table[i] = (float) random.nextGaussian();
        }
        return table;
    }

    static float[] normal(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = NORMAL[random.nextInt(TABLE)];
        }
        return numbers;
    }

    /**
     * Fills {@code bytes} with weights of {@code type} as files hold them, of a size that keeps products of {@code columns} near
     * 1.
     */
    static void fillWeights(MemorySegment bytes, DType type, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float size = (float) (1 / Math.sqrt(columns));
        long length = bytes.byteSize();
        switch (type) {
            case F32 -> {
                for (long at = 0; at < length; at += 4) {
                    bytes.set(FLOAT, at, size * NORMAL[random.nextInt(TABLE)]);
                }
            }
            case F16, BF16 -> {
                short[] halves = halves(type, size);
                for (long at = 0; at < length; at += 2) {
                    bytes.set(SHORT, at, halves[random.nextInt(TABLE)]);
                }
            }
            default -> codes(bytes, type, size, random);
        }
    }

    private static short[] halves(DType type, float size) {
        short[] halves = new short[TABLE];
        for (int i = 0; i < TABLE; i++) {
            float value = size * NORMAL[i];
            halves[i] =
                    type == DType.F16 ? Float.floatToFloat16(value) : (short) (Float.floatToRawIntBits(value) >>> 16);
        }
        return halves;
    }

    private static void codes(MemorySegment bytes, DType type, float size, SplittableRandom random) {
        long at = 0;
        for (; at + 8 <= bytes.byteSize(); at += 8) {
            bytes.set(LONG, at, random.nextLong());
        }
        float largest = type == DType.Q8_0 ? 128 : type == DType.Q5_1 ? 32 : 8;
        boolean minimum = WeightGroup.hasMinimum(type);
        short[] scales = new short[256];
        short[] minima = new short[256];
        for (int i = 0; i < scales.length; i++) {
            float scale = size / largest * (0.5f + i / 256f);
            scales[i] = Float.floatToFloat16(scale);
            minima[i] = Float.floatToFloat16(-scale * largest);
        }
        for (long group = 0; group < bytes.byteSize(); group += type.groupByteSize()) {
            int which = random.nextInt(scales.length);
            bytes.set(SHORT, group, scales[which]);
            if (minimum) {
                bytes.set(SHORT, group + 2, minima[which]);
            }
        }
    }
}
