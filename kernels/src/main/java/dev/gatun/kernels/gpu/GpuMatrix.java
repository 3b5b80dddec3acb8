package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.MemorySegment;

/**
 * A weight matrix as the kernels read it. Float types: {@code [rows][paddedColumns]}, rows a whole number of 8 elements.
 * Quantised types: two planes, so that lanes which take a group each load neighbouring 16 bytes of codes, and the four
 * outputs of a warp whole sectors of scales:
 *
 * <pre>
 * codes  [rows][groups][16]             Q4_0, Q4_1: two codes a byte, i low and i + 16 high
 *        [rows][2][groups][16]          Q8_0: signed bytes; Q5_1: bytes from 0 to 31; the halves of a group apart
 * scales [rows / 4][groups / 8][4][8]   f16 scale; Q4_1, Q5_1: f16 scale, f16 minimum; rounded up to whole panels
 * </pre>
 *
 * <p>The rows of a panel of scales are in the order 0, 2, 1, 3: a warp that turns pairs of neighbours reads every second
 * row, and has whole sectors too.
 *
 * @param layout the type of the kernels that read it; not always the type of the file (see {@link Repacking})
 * @param rows output features
 * @param columns input features
 * @param paddedColumns columns as stored
 * @param storage device memory of both planes
 * @param scalesOffset where the second plane begins, in bytes; 0 for float types
 */
record GpuMatrix(DType layout, int rows, int columns, int paddedColumns, MemorySegment storage, long scalesOffset) {

    /** Pushes where its planes begin: one pointer, two for quantised types. */
    void push(ParamBlock parameters) {
        parameters.pointer(storage, 0);
        if (layout.isQuantised()) {
            parameters.pointer(storage, scalesOffset);
        }
    }
}
