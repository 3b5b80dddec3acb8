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
    private static final int HALF = WeightGroup.SIZE / 2; // codes of a group that lie together, as bytes

    private final DType type;
    private final int rows;
    private final int columns;
    private final ScalePlane scales;

    Repacking(DType type, int rows, int columns) {
        this.type = type;
        this.rows = rows;
        this.columns = columns;
        this.scales = new ScalePlane(rows, columns / WeightGroup.SIZE, WeightGroup.hasMinimum(type) ? 4 : 2);
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
        return layout().isQuantised() ? scalesOffset() + scales.byteSize() : rows * layout().byteSize(paddedColumns());
    }

    /** The repacked bytes, in memory of {@code arena}. */
    MemorySegment repack(Arena arena, MemorySegment source) {
        MemorySegment target = arena.allocate(byteSize(), 16);
        if (type.isQuantised()) {
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
        MemorySegment head = target.asSlice(scalesOffset());
        int[] codes = new int[WeightGroup.SIZE];
        int groupsOfRow = columns / WeightGroup.SIZE;
        for (int row = 0; row < rows; row++) {
            for (int group = 0; group < groupsOfRow; group++) {
                long index = (long) row * groupsOfRow + group;
                long from = index * type.groupByteSize();
                MemorySegment.copy(source, from, head, scales.offset(row, group), scales.elementBytes());
                if (hasPairs()) {
                    MemorySegment.copy(source, from + scales.elementBytes(), target, index * HALF, HALF);
                } else {
                    WeightGroup.codes(type, source, from, codes);
                    long half = (2L * row * groupsOfRow + group) * HALF;
                    for (int i = 0; i < HALF; i++) {
                        target.set(ValueLayout.JAVA_BYTE, half + i, (byte) codes[i]);
                        target.set(ValueLayout.JAVA_BYTE, half + (long) groupsOfRow * HALF + i, (byte) codes[HALF + i]);
                    }
                }
            }
        }
    }

    private long groups() {
        return (long) rows * (columns / WeightGroup.SIZE);
    }

    /** Whether a byte holds two codes. */
    private boolean hasPairs() {
        return type == DType.Q4_0 || type == DType.Q4_1;
    }

    private int codeByteSize() {
        return hasPairs() ? HALF : 2 * HALF;
    }
}
