package dev.gatun.kernels.cpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A weight matrix as the CPU reads it: output rows are the lanes. {@code lanes} neighbouring output rows form a panel, 32
 * neighbouring columns of a panel form a block, and the blocks of a panel follow each other:
 *
 * <pre>
 * block:  codes, scales[lanes] (float), minimums[lanes] (float; where the type has them)
 * codes:  nibbles  [8][lanes]  shorts, each four columns of one row, the first in the lowest bits
 *         bytes    [16][lanes] shorts, each two columns of one row, the first in the lower byte
 *         floats   [32][lanes] floats, and neither scales nor minimums
 * </pre>
 *
 * <p>Q4_0 and Q4_1 are kept as nibbles, the other quantised types as bytes, float types as float32. Rows and columns that
 * do not fill a panel or a block are padded with zeros.
 *
 * @param format how codes are kept
 * @param rows output features
 * @param columns input features
 * @param lanes rows of a panel
 * @param hasMinimum whether blocks have minimums
 * @param codeBias added to each code: -8 for Q4_0
 * @param storage the blocks
 */
record PackedMatrix(
        Format format, int rows, int columns, int lanes, boolean hasMinimum, int codeBias, MemorySegment storage) {

    enum Format {
        NIBBLES,
        BYTES,
        FLOATS
    }

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    static Format formatOf(DType type) {
        return switch (type) {
            case Q4_0, Q4_1 -> Format.NIBBLES;
            case Q5_0, Q5_1, Q8_0 -> Format.BYTES;
            case F32, F16, BF16 -> Format.FLOATS;
        };
    }

    static PackedMatrix of(Tensor weight, int lanes) {
        return new PackedMatrix(
                formatOf(weight.type()),
                weight.rows(),
                weight.columns(),
                lanes,
                WeightGroup.hasMinimum(weight.type()),
                weight.type() == DType.Q4_0 ? -8 : 0,
                weight.storage());
    }

    static long byteSize(DType type, int rows, int columns, int lanes) {
        long panels = Math.ceilDiv(rows, lanes);
        long groups = Math.ceilDiv(columns, WeightGroup.SIZE);
        return Math.multiplyExact(Math.multiplyExact(panels, groups), (long)
                blockByteSize(formatOf(type), lanes, WeightGroup.hasMinimum(type)));
    }

    private static int blockByteSize(Format format, int lanes, boolean hasMinimum) {
        int scales = hasMinimum ? 2 * Float.BYTES * lanes : Float.BYTES * lanes;
        return switch (format) {
            case NIBBLES -> 16 * lanes + scales;
            case BYTES -> 32 * lanes + scales;
            case FLOATS -> 128 * lanes;
        };
    }

    int panels() {
        return Math.ceilDiv(rows, lanes);
    }

    int groups() {
        return Math.ceilDiv(columns, WeightGroup.SIZE);
    }

    int blockByteSize() {
        return blockByteSize(format, lanes, hasMinimum);
    }

    /** Bytes from the start of a block to its scales. */
    int scaleOffset() {
        return format == Format.NIBBLES ? 16 * lanes : 32 * lanes;
    }

    /** Where the blocks of {@code panel} begin. */
    long panelOffset(int panel) {
        return (long) panel * groups() * blockByteSize();
    }

    // ---- packing

    /** Fills one panel from a matrix in {@link DType}'s layout. */
    void pack(DType type, MemorySegment source, int panel) {
        int[] codes = new int[WeightGroup.SIZE];
        long rowByteSize = type.byteSize(columns);
        for (int row = panel * lanes; row < Math.min(rows, (panel + 1) * lanes); row++) {
            long block = panelOffset(panel);
            long from = row * rowByteSize;
            for (int group = 0; group < groups(); group++) {
                if (format == Format.FLOATS) {
                    packFloats(type, source, from, group, block, row % lanes);
                } else {
                    WeightGroup.codes(type, source, from, codes);
                    packCodes(codes, block, row % lanes);
                    long scales = block + scaleOffset() + (long) Float.BYTES * (row % lanes);
                    storage.set(FLOAT, scales, WeightGroup.scale(source, from));
                    if (hasMinimum) {
                        storage.set(
                                FLOAT, scales + (long) Float.BYTES * lanes, WeightGroup.minimum(type, source, from));
                    }
                    from += type.groupByteSize();
                }
                block += blockByteSize();
            }
        }
    }

    private void packCodes(int[] codes, long block, int lane) {
        int perShort = format == Format.NIBBLES ? 4 : 2;
        int bits = 16 / perShort;
        int mask = (1 << bits) - 1;
        for (int k = 0; k < WeightGroup.SIZE / perShort; k++) {
            int word = 0;
            for (int j = 0; j < perShort; j++) {
                word |= ((codes[k * perShort + j] - codeBias) & mask) << (j * bits);
            }
            storage.set(SHORT, block + 2L * (k * lanes + lane), (short) word);
        }
    }

    private void packFloats(DType type, MemorySegment source, long from, int group, long block, int lane) {
        int begin = group * WeightGroup.SIZE;
        for (int i = 0; i < Math.min(WeightGroup.SIZE, columns - begin); i++) {
            float value = WeightGroup.floatElement(type, source, from, begin + i);
            storage.set(FLOAT, block + 4L * (i * lanes + lane), value);
        }
    }

    // ---- unpacking

    /** Writes row {@code row} as {@code scale * code + minimum}, rounded once. */
    void unpackRow(int row, float[] target) {
        int lane = row % lanes;
        long block = panelOffset(row / lanes);
        for (int c = 0; c < columns; c++) {
            long at = block + (long) (c / WeightGroup.SIZE) * blockByteSize();
            int i = c % WeightGroup.SIZE;
            target[c] = format == Format.FLOATS
                    ? storage.get(FLOAT, at + 4L * (i * lanes + lane))
                    : dequantised(at, i, lane);
        }
    }

    private float dequantised(long block, int i, int lane) {
        long scales = block + scaleOffset() + (long) Float.BYTES * lane;
        double scale = storage.get(FLOAT, scales);
        double minimum = hasMinimum ? storage.get(FLOAT, scales + (long) Float.BYTES * lanes) : 0;
        int code = format == Format.NIBBLES
                ? ((storage.get(SHORT, block + 2L * (i / 4 * lanes + lane)) >>> (i % 4 * 4)) & 15) + codeBias
                : (byte) (storage.get(SHORT, block + 2L * (i / 2 * lanes + lane)) >>> (i % 2 * 8));
        return (float) (scale * code + minimum);
    }
}
