package dev.gatun.kernels;

/**
 * How the elements of a tensor are stored. Quantised types store groups of {@link #groupSize()} neighbouring columns;
 * their byte layout is ggml's ({@code block_q4_0} and so on), which is also what GGUF files hold.
 *
 * <p>Value of element {@code i} of a group, with {@code d} and {@code m} stored as f16:
 *
 * <ul>
 *   <li>{@code Q4_0}: {@code d * (q - 8)}, 18 bytes: d, 16 bytes of nibbles (low nibble: i, high nibble: 16 + i).
 *   <li>{@code Q4_1}: {@code d * q + m}, 20 bytes: d, m, 16 bytes of nibbles.
 *   <li>{@code Q5_0}: {@code d * (q - 16)}, 22 bytes: d, 4 bytes of fifth bits (bit i), 16 bytes of nibbles.
 *   <li>{@code Q5_1}: {@code d * q + m}, 24 bytes: d, m, 4 bytes of fifth bits, 16 bytes of nibbles.
 *   <li>{@code Q8_0}: {@code d * q}, 34 bytes: d, 32 signed bytes.
 * </ul>
 */
public enum DType {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    Q4_0(32, 18),
    Q4_1(32, 20),
    Q5_0(32, 22),
    Q5_1(32, 24),
    Q8_0(32, 34);

    private final int groupSize;
    private final int groupByteSize;

    DType(int groupSize, int groupByteSize) {
        this.groupSize = groupSize;
        this.groupByteSize = groupByteSize;
    }

    /** Elements that share one scale; 1 for the float types. */
    public int groupSize() {
        return groupSize;
    }

    /** Bytes one group takes. */
    public int groupByteSize() {
        return groupByteSize;
    }

    /** Whether a group holds integer codes and a scale. */
    public boolean isQuantised() {
        return groupSize > 1;
    }

    /**
     * Bytes that {@code elements} neighbouring elements take.
     *
     * @throws IllegalArgumentException if {@code elements} is negative or not a multiple of {@link #groupSize()}
     * @throws ArithmeticException if the size does not fit a {@code long}
     */
    public long byteSize(long elements) {
        if (elements < 0 || elements % groupSize != 0) {
            throw new IllegalArgumentException(
                    "not a whole number of groups: type=" + this + ", elements=" + elements + ", group=" + groupSize);
        }
        return Math.multiplyExact(elements / groupSize, (long) groupByteSize);
    }
}
