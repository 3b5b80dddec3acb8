package dev.gatun.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Activations that are awkward on purpose, and their way into and out of a backend. */
final class Numbers {
    private static final int KINDS = 6;

    private Numbers() {}

    /** Plain normal numbers. */
    static float[] plain(long seed, int count) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /**
     * A matrix whose rows take turns: plain; with spikes of 1e4; all denormal; zeros of both signs; groups of very unlike
     * size; and half-way cases of rounding to 8 bits.
     */
    static float[] awkward(long seed, int rows, int columns) {
        Random random = new Random(seed);
        float[] numbers = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                float plain = (float) random.nextGaussian();
                numbers[r * columns + c] = switch (r % KINDS) {
                    case 0 -> plain;
                    case 1 -> random.nextInt(32) == 0 ? Math.copySign(1e4f, plain) : plain;
                    case 2 -> plain * 0x1p-140f;
                    case 3 -> random.nextBoolean() ? 0f : -0f;
                    case 4 -> c / 32 % 2 == 0 ? plain * 1e-30f : plain * 100;
                    default -> c % 32 == 0 ? 127f : random.nextInt(-127, 127) + 0.5f;
                };
            }
        }
        return numbers;
    }

    static Tensor tensor(Backend backend, Arena arena, float[] numbers, int rows, int columns) {
        Tensor tensor = backend.allocate(arena, DType.F32, rows, columns);
        backend.upload(MemorySegment.ofArray(numbers), tensor);
        return tensor;
    }

    static float[] of(Backend backend, Tensor tensor) {
        float[] numbers = new float[tensor.rows() * tensor.columns()];
        backend.download(tensor, MemorySegment.ofArray(numbers));
        return numbers;
    }

    static float[] row(float[] matrix, int row, int columns) {
        float[] numbers = new float[columns];
        System.arraycopy(matrix, row * columns, numbers, 0, columns);
        return numbers;
    }

    static float[] floats(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
