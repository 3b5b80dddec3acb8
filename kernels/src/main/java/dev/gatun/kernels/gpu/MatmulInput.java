package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Activations in the form a product takes them, made once for all products of the same input: as they are, with padded rows
 * ({@code pad_columns}) where a row is no whole number of 8 columns, or as signed bytes ({@code quantise_rows}).
 */
final class MatmulInput implements AutoCloseable {
    private static final int PAD_THREADS = 128;
    private static final int QUANTISE_THREADS = 256;
    private static final int GROUP_RECORD_BYTES = 8; // f32 scale, s32 sum of codes
    private static final int GROUPS_OFFSET_ALIGNMENT = 16;

    private final Kernel pad;
    private final Kernel quantise;
    private final Scratch paddedRows;
    private final Scratch quantised;

    private Tensor x = new Tensor(DType.F32, 0, 0, MemorySegment.NULL, 0);
    private MemorySegment floats = MemorySegment.NULL;
    private long floatsOffset;
    private int floatColumns;
    private MemorySegment codes = MemorySegment.NULL;
    private long groupsOffset;
    private boolean hasCodes;

    MatmulInput(Arena arena, Device device) {
        this.pad = new Kernel(arena, device, "pad_columns", PAD_THREADS);
        this.quantise = new Kernel(arena, device, "quantise_rows", QUANTISE_THREADS);
        this.paddedRows = new Scratch(device);
        this.quantised = new Scratch(device);
    }

    void set(Tensor x) {
        this.x = x;
        this.floats = x.storage();
        this.floatsOffset = x.offset();
        this.floatColumns = x.columns();
        this.hasCodes = false;
    }

    int rows() {
        return x.rows();
    }

    /** Sees to it that rows have {@code columns} floats. */
    void prepareFloats(int columns) {
        if (floatColumns == columns) {
            return;
        }
        floats = paddedRows.atLeast(4L * x.rows() * columns);
        floatsOffset = 0;
        floatColumns = columns;
        ParamBlock parameters = pad.parameters();
        Kernel.push(parameters, x);
        parameters.pointer(floats, 0).u32(x.columns()).u32(columns);
        pad.grid(x.rows(), 1, 1);
        pad.launch();
    }

    /** Sees to it that the rows are there as signed bytes. */
    void prepareCodes() {
        if (hasCodes) {
            return;
        }
        long codeBytes = (long) x.rows() * x.columns();
        groupsOffset = Math.ceilDiv(codeBytes, (long) GROUPS_OFFSET_ALIGNMENT) * GROUPS_OFFSET_ALIGNMENT;
        codes = quantised.atLeast(groupsOffset + codeBytes / WeightGroup.SIZE * GROUP_RECORD_BYTES);
        hasCodes = true;
        ParamBlock parameters = quantise.parameters();
        Kernel.push(parameters, x);
        pushCodes(parameters);
        parameters.u32(x.columns());
        quantise.grid(x.rows(), Math.ceilDiv(x.columns(), QUANTISE_THREADS), 1);
        quantise.launch();
    }

    void pushFloats(ParamBlock parameters) {
        parameters.pointer(floats, floatsOffset);
    }

    void pushCodes(ParamBlock parameters) {
        parameters.pointer(codes, 0).pointer(codes, groupsOffset);
    }

    @Override
    public void close() {
        paddedRows.close();
        quantised.close();
    }
}
