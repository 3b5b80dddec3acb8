package dev.gatun.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A matrix {@code [rows][columns]} somewhere: row-major, without gaps, starting {@code offset} bytes into
 * {@code storage}.
 *
 * <p>Activations are {@link DType#F32} and laid out as said on every backend. Weights belong to the backend that made
 * them by {@link Backend#weights}: it may hold them in a layout of its own, so only that backend reads
 * {@code storage}. A tensor on a device has a zero-length segment at the device address: a host read throws.
 *
 * <p>The storage lives as long as the arena it was allocated from.
 *
 * @param type how an element is stored
 * @param rows number of rows; for a weight matrix, of output features
 * @param columns number of columns; for a weight matrix, of input features
 * @param storage where the elements are
 * @param offset byte position of the first element
 */
public record Tensor(DType type, int rows, int columns, MemorySegment storage, long offset) {

    public Tensor {
        if (rows < 0 || columns < 0 || offset < 0) {
            throw new IllegalArgumentException("rows=" + rows + ", columns=" + columns + ", offset=" + offset);
        }
    }

    /**
     * The first {@code count} rows. Steady-state code makes its views once and keeps them: this allocates.
     *
     * @throws IllegalArgumentException if {@code count} is negative or above {@link #rows()}
     */
    public Tensor firstRows(int count) {
        if (count < 0 || count > rows) {
            throw new IllegalArgumentException("count=" + count + ", rows=" + rows);
        }
        return new Tensor(type, count, columns, storage, offset);
    }

    /** Bytes of one row when it is laid out as {@link DType} says. */
    public long rowByteSize() {
        return type.byteSize(columns);
    }

    /** Bytes of all rows when they are laid out as {@link DType} says. */
    public long byteSize() {
        return Math.multiplyExact(rowByteSize(), (long) rows);
    }
}
