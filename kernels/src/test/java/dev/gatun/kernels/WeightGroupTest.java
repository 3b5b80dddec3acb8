package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Groups read against a transcription of the byte layouts in ggml's {@code ggml-common.h} and of the loops of {@code
 * dequantize_row_*} in {@code ggml-quants.c}, with an own conversion of float16.
 */
class WeightGroupTest {

    @ParameterizedTest
    @EnumSource(DType.class)
    void readsWhatGgmlWrites(DType type) {
        Random random = new Random(type.name().hashCode());
        for (int repetition = 0; repetition < 500; repetition++) {
            int before = random.nextInt(3); // groups need no alignment
            byte[] bytes = new byte[before + 32 * type.groupByteSize()];
            random.nextBytes(bytes);
            MemorySegment segment = MemorySegment.ofArray(bytes);
            double[] expected = new double[32];
            ggml(type, bytes, before, expected);
            int[] codes = new int[32];
            if (type.isQuantised()) {
                WeightGroup.codes(type, segment, before, codes);
            }
            for (int i = 0; i < 32; i++) {
                double actual = type.isQuantised()
                        ? (double) WeightGroup.scale(segment, before) * codes[i]
                                + WeightGroup.minimum(type, segment, before)
                        : WeightGroup.floatElement(type, segment, before, i);
                assertEquals(expected[i] + 0.0, actual + 0.0, "element " + i); // -0 is 0
            }
        }
    }

    @Test
    void refusesTheOtherKindOfType() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[64]);
        assertThrows(IllegalArgumentException.class, () -> WeightGroup.codes(DType.F16, bytes, 0, new int[32]));
        assertThrows(IllegalArgumentException.class, () -> WeightGroup.floatElement(DType.Q4_0, bytes, 0, 0));
    }

    private static void ggml(DType type, byte[] b, int at, double[] y) {
        switch (type) {
            case F32 -> {
                for (int i = 0; i < 32; i++) {
                    y[i] = Float.intBitsToFloat(u16(b, at + 4 * i) | (u16(b, at + 4 * i + 2) << 16));
                }
            }
            case F16 -> {
                for (int i = 0; i < 32; i++) {
                    y[i] = half(u16(b, at + 2 * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < 32; i++) {
                    y[i] = Float.intBitsToFloat(u16(b, at + 2 * i) << 16);
                }
            }
            case Q4_0 -> {
                for (int j = 0; j < 16; ++j) {
                    y[j] = half(u16(b, at)) * ((b[at + 2 + j] & 0x0F) - 8);
                    y[j + 16] = half(u16(b, at)) * (((b[at + 2 + j] & 0xFF) >> 4) - 8);
                }
            }
            case Q4_1 -> {
                for (int j = 0; j < 16; ++j) {
                    y[j] = half(u16(b, at)) * (b[at + 4 + j] & 0x0F) + half(u16(b, at + 2));
                    y[j + 16] = half(u16(b, at)) * ((b[at + 4 + j] & 0xFF) >> 4) + half(u16(b, at + 2));
                }
            }
            case Q5_0 -> {
                int qh = u16(b, at + 2) | (u16(b, at + 4) << 16);
                for (int j = 0; j < 16; ++j) {
                    int low = ((qh >> j) << 4) & 0x10;
                    int high = (qh >> (j + 12)) & 0x10;
                    y[j] = half(u16(b, at)) * (((b[at + 6 + j] & 0x0F) | low) - 16);
                    y[j + 16] = half(u16(b, at)) * ((((b[at + 6 + j] & 0xFF) >> 4) | high) - 16);
                }
            }
            case Q5_1 -> {
                int qh = u16(b, at + 4) | (u16(b, at + 6) << 16);
                for (int j = 0; j < 16; ++j) {
                    int low = ((qh >> j) << 4) & 0x10;
                    int high = (qh >> (j + 12)) & 0x10;
                    y[j] = half(u16(b, at)) * ((b[at + 8 + j] & 0x0F) | low) + half(u16(b, at + 2));
                    y[j + 16] = half(u16(b, at)) * (((b[at + 8 + j] & 0xFF) >> 4) | high) + half(u16(b, at + 2));
                }
            }
            case Q8_0 -> {
                for (int i = 0; i < 32; i++) {
                    y[i] = half(u16(b, at)) * b[at + 2 + i];
                }
            }
        }
    }

    private static int u16(byte[] b, int at) {
        return (b[at] & 0xFF) | ((b[at + 1] & 0xFF) << 8);
    }

    /** IEEE 754 binary16, by its definition. */
    private static double half(int bits) {
        double sign = (bits & 0x8000) == 0 ? 1 : -1;
        int exponent = (bits >> 10) & 31;
        int fraction = bits & 1023;
        if (exponent == 31) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return exponent == 0 ? sign * fraction * 0x1p-24 : sign * (1024 + fraction) * Math.scalb(1.0, exponent - 25);
    }
}
