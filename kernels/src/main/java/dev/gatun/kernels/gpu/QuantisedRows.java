package dev.gatun.kernels.gpu;

import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.MemorySegment;

/**
 * Rows as {@code quantise_rows} writes them: signed bytes, and behind them scales and sums of codes.
 *
 * <pre>
 * codes  [rows][2][groups][16]     s8: the first halves of all groups of a row, then the second
 * groups [rows][2][groups / 8][8]  f32 scales of a row, then the sums of its codes, s32; whole panels of eight groups
 * </pre>
 *
 * <p>Lanes that take a group each then read neighbouring 16 bytes, and no byte they do not use.
 */
final class QuantisedRows implements AutoCloseable {
    private static final int PANEL_COLUMNS = 8 * WeightGroup.SIZE;
    private static final int PANEL_BYTES = 8 * 8; // scales and sums of codes of eight groups
    private static final int GROUPS_OFFSET_ALIGNMENT = 256;

    private final Scratch scratch;
    private MemorySegment memory = MemorySegment.NULL;
    private long groupsOffset;

    QuantisedRows(Device device) {
        this.scratch = new Scratch(device);
    }

    /** Makes room for {@code rows} rows; what was held before may be gone. */
    void reserve(int rows, int columns) {
        long codeBytes = (long) rows * columns;
        groupsOffset = Math.ceilDiv(codeBytes, (long) GROUPS_OFFSET_ALIGNMENT) * GROUPS_OFFSET_ALIGNMENT;
        memory = scratch.atLeast(groupsOffset + (long) rows * Math.ceilDiv(columns, PANEL_COLUMNS) * PANEL_BYTES);
    }

    void push(ParamBlock parameters) {
        parameters.pointer(memory, 0).pointer(memory, groupsOffset);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
