package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings weights from the file's bytes into the layout of {@link GpuMatrix}, on the host, once at load.
 *
 * <p>{@code Q5_0} has no kernels of its own and becomes {@code Q8_0}: its codes fit a signed byte and its scale is the same,
 * so nothing is lost. {@code Q5_1} keeps scale and minimum and spends a byte a code, because fifth bits would have to be
 * put together again at every use.
 */
final class Repacking {
    private static final int PLANE_ALIGNMENT = 256;
    private static final int COLUMN_MULTIPLE = 8;

    private final DType type;
    private final int rows;
    private final int columns;

    Repacking(DType type, int rows, int columns) {
        this.type = type;
        this.rows = rows;
        this.columns = columns;
    }

    /** The type whose kernels read these weights. */
    DType layout() {
        return switch (type) {
            case Q5_0 -> DType.Q8_0;
            case F32, F16, BF16, Q4_0, Q4_1, Q5_1, Q8_0 -> type;
        };
    }

    /** Columns as stored: rows of floats end at a multiple of 16 bytes, so that each begins at one. */
    int paddedColumns() {
        return layout().isQuantised() ? columns : paddedColumns(columns);
    }

    /** The columns that activations of {@code columns} are padded to. */
    static int paddedColumns(int columns) {
        return Math.ceilDiv(columns, COLUMN_MULTIPLE) * COLUMN_MULTIPLE;
    }

    /** Where the plane of scales begins. */
    long scalesOffset() {
        if (!layout().isQuantised()) {
            return 0;
        }
        long codes = groups() * codeByteSize();
        return Math.ceilDiv(codes, (long) PLANE_ALIGNMENT) * PLANE_ALIGNMENT;
    }

    long byteSize() {
        return layout().isQuantised()
                ? scalesOffset() + groups() * scaleByteSize()
                : rows * layout().byteSize(paddedColumns());
    }

    /** The repacked bytes, in memory of {@code arena}. */
    MemorySegment repack(Arena arena, MemorySegment source) {
        MemorySegment target = arena.allocate(byteSize(), 16);
        if (type == DType.Q5_0 || type == DType.Q5_1) {
            bytePlanes(source, target);
        } else if (type.isQuantised()) {
            planes(source, target);
        } else {
            paddedRows(source, target);
        }
        return target;
    }

    private void paddedRows(MemorySegment source, MemorySegment target) {
        long rowBytes = type.byteSize(columns);
        long stride = type.byteSize(paddedColumns());
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(source, row * rowBytes, target, row * stride, rowBytes);
        }
    }

    /** Takes each group apart: its head (scale, minimum) to one plane, its codes to the other. */
    private void planes(MemorySegment source, MemorySegment target) {
        long groups = groups();
        int codeBytes = codeByteSize();
        int scaleBytes = scaleByteSize();
        long scales = scalesOffset();
        for (long group = 0; group < groups; group++) {
            long from = group * type.groupByteSize();
            MemorySegment.copy(source, from, target, scales + group * scaleBytes, scaleBytes);
            MemorySegment.copy(source, from + scaleBytes, target, group * codeBytes, codeBytes);
        }
    }

    /** As {@link #planes}, with a byte for each code. */
    private void bytePlanes(MemorySegment source, MemorySegment target) {
        int[] codes = new int[WeightGroup.SIZE];
        long groups = groups();
        int scaleBytes = scaleByteSize();
        long scales = scalesOffset();
        for (long group = 0; group < groups; group++) {
            long from = group * type.groupByteSize();
            WeightGroup.codes(type, source, from, codes);
            for (int i = 0; i < codes.length; i++) {
                target.set(ValueLayout.JAVA_BYTE, group * WeightGroup.SIZE + i, (byte) codes[i]);
            }
            MemorySegment.copy(source, from, target, scales + group * scaleBytes, scaleBytes);
        }
    }

    private long groups() {
        return (long) rows * (columns / WeightGroup.SIZE);
    }

    private int codeByteSize() {
        return layout() == DType.Q4_0 || layout() == DType.Q4_1 ? 16 : 32;
    }

    private int scaleByteSize() {
        return WeightGroup.hasMinimum(layout()) ? 4 : 2;
    }
}
