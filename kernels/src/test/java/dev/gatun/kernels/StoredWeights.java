package dev.gatun.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * A random weight matrix in the bytes a file would hold, with what makes weights awkward: scales of both signs, zero and
 * denormal scales, the extreme codes, and single weights far larger than the rest.
 *
 * @param magnitudes [rows][columns]: {@code |scale * code| + |minimum|}, what a sum's rounding errors are relative to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredWeights(DType type, int rows, int columns, byte[] bytes, double[] magnitudes) {

    static StoredWeights random(DType type, int rows, int columns, long seed) {
        byte[] bytes = new byte[Math.toIntExact(type.byteSize(columns) * rows)];
        Random random = new Random(seed);
        if (type.isQuantised()) {
            random.nextBytes(bytes);
            for (int at = 0; at < bytes.length; at += type.groupByteSize()) {
                ByteBuffer group =
                        ByteBuffer.wrap(bytes, at, type.groupByteSize()).order(ByteOrder.LITTLE_ENDIAN);
                group.putShort(Float.floatToFloat16(scale(random)));
                if (WeightGroup.hasMinimum(type)) {
                    group.putShort(Float.floatToFloat16((float) random.nextGaussian() / 8));
                }
            }
        } else {
            floats(type, random, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
        return new StoredWeights(type, rows, columns, bytes, magnitudes(type, rows, columns, bytes));
    }

    private static float scale(Random random) {
        return switch (random.nextInt(16)) {
            case 0 -> 0f;
            case 1 -> 0x1p-22f; // a denormal f16
            case 2 -> 40f;
            default -> (float) random.nextGaussian() / 16;
        };
    }

    private static void floats(DType type, Random random, ByteBuffer to) {
        while (to.hasRemaining()) {
            float value = random.nextInt(64) == 0 ? 1000f : (float) random.nextGaussian();
            value = random.nextInt(64) == 0 ? value * 0x1p-22f : value;
            switch (type) {
                case F32 -> to.putFloat(value);
                case F16 -> to.putShort(Float.floatToFloat16(value));
                default -> to.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }
    }

    private static double[] magnitudes(DType type, int rows, int columns, byte[] bytes) {
        MemorySegment segment = MemorySegment.ofArray(bytes);
        double[] magnitudes = new double[rows * columns];
        int[] codes = new int[WeightGroup.SIZE];
        long offset = 0;
        for (int i = 0; i < magnitudes.length; i += type.groupSize()) {
            if (!type.isQuantised()) {
                magnitudes[i] = Math.abs(WeightGroup.floatElement(type, segment, 0, i));
                continue;
            }
            WeightGroup.codes(type, segment, offset, codes);
            double scale = Math.abs(WeightGroup.scale(segment, offset));
            double minimum = Math.abs(WeightGroup.minimum(type, segment, offset));
            for (int c = 0; c < codes.length; c++) {
                magnitudes[i + c] = scale * Math.abs(codes[c]) + minimum;
            }
            offset += type.groupByteSize();
        }
        return magnitudes;
    }

    Tensor in(Backend backend, Arena arena) {
        return backend.weights(arena, type, rows, columns, MemorySegment.ofArray(bytes));
    }
}
