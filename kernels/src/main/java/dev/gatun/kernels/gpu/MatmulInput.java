package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
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

    private final Kernel pad;
    private final Quantise quantise;
    private final Scratch paddedRows;
    private final QuantisedRows codes;

    private Tensor x = new Tensor(DType.F32, 0, 0, MemorySegment.NULL, 0);
    private MemorySegment floats = MemorySegment.NULL;
    private long floatsOffset;
    private int floatColumns;
    private boolean hasCodes;

    MatmulInput(Arena arena, Device device, Quantise quantise) {
        this.pad = new Kernel(arena, device, "pad_columns", PAD_THREADS);
        this.quantise = quantise;
        this.paddedRows = new Scratch(device);
        this.codes = new QuantisedRows(device);
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
        if (!hasCodes) {
            quantise.launch(x, codes);
            hasCodes = true;
        }
    }

    void pushFloats(ParamBlock parameters) {
        parameters.pointer(floats, floatsOffset);
    }

    void pushCodes(ParamBlock parameters) {
        codes.push(parameters);
    }

    @Override
    public void close() {
        paddedRows.close();
        codes.close();
    }
}
