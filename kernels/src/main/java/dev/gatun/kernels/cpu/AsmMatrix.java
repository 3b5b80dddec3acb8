package dev.gatun.kernels.cpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A weight matrix as the machine-code tier reads it: 16 neighbouring output rows form a panel, 32 neighbouring columns a
 * group.
 *
 * <pre>
 * panel:  [groups]: codes [4 or 8][16 rows][4 bytes], scales [16] f16 and, for some types, minimums [16] f16
 * 4-bit:  byte c of block j holds column 4j + c in its low, column 16 + 4j + c in its high nibble; Q4_0 stored + 8
 * 8-bit:  byte c of block j holds column 4j + c, stored + 128
 * float:  a panel is [columns][16 rows], as the type stores them
 * </pre>
 *
 * <p>A product reads a matrix in one ascending stream: two streams of a few kilobytes each, codes and scales apart, stop the
 * processor's prefetchers at less than half of the bandwidth. Rows that do not fill a panel are zeros; panels begin at
 * multiples of 64 bytes.
 *
 * @param type what was packed
 * @param rows output features
 * @param columns input features, for quantised types a multiple of 32
 * @param storage the panels
 */
record AsmMatrix(DType type, int rows, int columns, MemorySegment storage) {
    static final int PANEL_ROWS = 16;
    private static final int ALIGNMENT_BYTES = 64;
    private static final int HALF_BYTES = 2;
    static final int ALL_TOP_BITS = 0x80808080;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static long byteSize(DType type, int rows, int columns) {
        return Math.multiplyExact((long) Math.ceilDiv(rows, PANEL_ROWS), panelByteSize(type, columns));
    }

    private static long panelByteSize(DType type, int columns) {
        long byteSize = type.isQuantised()
                ? (long) (columns / WeightGroup.SIZE) * groupByteSize(type)
                : (long) columns * PANEL_ROWS * type.groupByteSize();
        return Math.ceilDiv(byteSize, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    }

    private static boolean isNibbles(DType type) {
        return type == DType.Q4_0 || type == DType.Q4_1;
    }

    /** Bytes of the codes of a group of a panel. */
    static int codeByteSize(DType type) {
        return PANEL_ROWS * (isNibbles(type) ? WeightGroup.SIZE / 2 : WeightGroup.SIZE);
    }

    /** Bytes of a group of a panel. */
    static int groupByteSize(DType type) {
        return codeByteSize(type) + PANEL_ROWS * (WeightGroup.hasMinimum(type) ? 2 * HALF_BYTES : HALF_BYTES);
    }

    boolean hasNibbles() {
        return isNibbles(type);
    }

    boolean hasMinimum() {
        return WeightGroup.hasMinimum(type);
    }

    int panels() {
        return Math.ceilDiv(rows, PANEL_ROWS);
    }

    /** Whole groups of columns. */
    int groups() {
        return columns / WeightGroup.SIZE;
    }

    long panelByteSize() {
        return panelByteSize(type, columns);
    }

    // ---- packing

    /** Fills one panel from a matrix in {@link DType}'s layout. */
    void pack(MemorySegment source, int panel) {
        if (!type.isQuantised()) {
            packFloats(source, panel);
            return;
        }
        int[] codes = new int[WeightGroup.SIZE];
        long rowByteSize = type.byteSize(columns);
        long to = panel * panelByteSize();
        for (int row = panel * PANEL_ROWS; row < Math.min(rows, (panel + 1) * PANEL_ROWS); row++) {
            int lane = row % PANEL_ROWS;
            for (int group = 0; group < groups(); group++) {
                long from = row * rowByteSize + (long) group * type.groupByteSize();
                long packed = to + (long) group * groupByteSize(type);
                long code = packed + 4L * lane;
                switch (type) {
                    case Q4_0 -> copy(source, from + 2, 4, 0, code);
                    case Q4_1 -> copy(source, from + 4, 4, 0, code);
                    case Q8_0 -> copy(source, from + 2, 8, ALL_TOP_BITS, code);
                    default -> {
                        WeightGroup.codes(type, source, from, codes);
                        write(codes, code);
                    }
                }
                long scale = packed + codeByteSize(type) + (long) HALF_BYTES * lane;
                storage.set(SHORT, scale, source.get(SHORT, from));
                if (hasMinimum()) {
                    storage.set(SHORT, scale + HALF_BYTES * PANEL_ROWS, source.get(SHORT, from + HALF_BYTES));
                }
            }
        }
    }

    private void packFloats(MemorySegment source, int panel) {
        boolean isInt = type == DType.F32;
        long rowByteSize = type.byteSize(columns);
        for (int row = panel * PANEL_ROWS; row < Math.min(rows, (panel + 1) * PANEL_ROWS); row++) {
            long to = panel * panelByteSize() + (long) (row % PANEL_ROWS) * type.groupByteSize();
            long from = row * rowByteSize;
            for (int c = 0; c < columns; c++) {
                if (isInt) {
                    storage.set(INT, to, source.get(INT, from));
                } else {
                    storage.set(SHORT, to, source.get(SHORT, from));
                }
                from += type.groupByteSize();
                to += (long) PANEL_ROWS * type.groupByteSize();
            }
        }
    }

    /** Deals four bytes to each block; of 4-bit groups the file has the same bytes in the same order. */
    private void copy(MemorySegment source, long from, int blocks, int flipped, long code) {
        for (int j = 0; j < blocks; j++) {
            storage.set(INT, code + 4L * PANEL_ROWS * j, source.get(INT, from + 4L * j) ^ flipped);
        }
    }

    private void write(int[] codes, long code) {
        for (int i = 0; i < WeightGroup.SIZE; i++) {
            long at = code + 4L * PANEL_ROWS * (i / 4) + i % 4;
            storage.set(ValueLayout.JAVA_BYTE, at, (byte) (codes[i] + 128));
        }
    }

    // ---- unpacking

    /** Writes row {@code row} as {@code scale * code + minimum}, rounded once. */
    void unpackRow(int row, float[] target) {
        int lane = row % PANEL_ROWS;
        long panel = row / PANEL_ROWS * panelByteSize();
        if (!type.isQuantised()) {
            for (int c = 0; c < columns; c++) {
                target[c] = WeightGroup.floatElement(type, storage, panel, (long) PANEL_ROWS * c + lane);
            }
            return;
        }
        for (int group = 0; group < groups(); group++) {
            long packed = panel + (long) group * groupByteSize(type);
            long at = packed + codeByteSize(type) + (long) HALF_BYTES * lane;
            double scale = Float.float16ToFloat(storage.get(SHORT, at));
            double minimum = hasMinimum() ? Float.float16ToFloat(storage.get(SHORT, at + HALF_BYTES * PANEL_ROWS)) : 0;
            unpackGroup(packed + 4L * lane, scale, minimum, target, group * WeightGroup.SIZE);
        }
    }

    private void unpackGroup(long code, double scale, double minimum, float[] target, int to) {
        int bias = hasNibbles() ? type == DType.Q4_0 ? 8 : 0 : 128;
        for (int j = 0; j < codeByteSize(type) / (4 * PANEL_ROWS); j++) {
            int word = storage.get(INT, code + 4L * PANEL_ROWS * j);
            for (int i = 4 * j; i < 4 * j + 4; i++) {
                int code8 = word & 255;
                if (hasNibbles()) {
                    target[to + i] = (float) (scale * ((code8 & 15) - bias) + minimum);
                    target[to + 16 + i] = (float) (scale * ((code8 >> 4) - bias) + minimum);
                } else {
                    target[to + i] = (float) (scale * (code8 - bias) + minimum);
                }
                word >>>= 8;
            }
        }
    }
}
