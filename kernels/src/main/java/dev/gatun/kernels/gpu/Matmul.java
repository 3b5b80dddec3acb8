package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Launches {@code matmul_row_*} for one row and {@code matmul_rows_*} for more, which give a row the same bits;
 * {@code matmul_row_int8_*}, {@code matmul_rows_int8_*} and, for many rows, {@code matmul_tile_int8_*} where quantised weights
 * meet quantised activations, again with the same bits; and, if tensor cores are asked for, {@code matmul_tile_*} for many
 * rows, or {@code matmul_tile_sm90a_*} where {@link WarpgroupTile} serves.
 */
final class Matmul implements AutoCloseable {
    private static final int THREADS = 128;
    private static final int OUTPUTS_PER_BLOCK = 16;
    private static final int ROWS_PER_BLOCK = 4;
    private static final int TILE = 64; // rows and outputs of a block of matmul_tile_*
    private static final int MIN_TILE_ROWS = 17; // below, most of a tile would be padding

    private final boolean int8;
    private final boolean tensorCores;
    private final MatmulInput input;
    private final KernelsByType oneRow;
    private final KernelsByType manyRows;
    private final KernelsByType oneRowInt8;
    private final KernelsByType manyRowsInt8;
    private final KernelsByType tile;
    private final KernelsByType tileInt8;
    private final WarpgroupTile warpgroupTile;

    /**
     * @param quantise what makes codes of an input
     * @param int8 whether products with quantised weights quantise their input
     * @param tensorCores whether products of many rows round their input to f16 or bf16
     */
    Matmul(Arena arena, Device device, Quantise quantise, boolean int8, boolean tensorCores) {
        this.int8 = int8;
        this.tensorCores = tensorCores;
        this.input = new MatmulInput(arena, device, quantise);
        this.oneRow = new KernelsByType(arena, device, "matmul_row", THREADS);
        this.manyRows = new KernelsByType(arena, device, "matmul_rows", THREADS);
        this.oneRowInt8 = new KernelsByType(arena, device, "matmul_row_int8", THREADS);
        this.manyRowsInt8 = new KernelsByType(arena, device, "matmul_rows_int8", THREADS);
        this.tile = new KernelsByType(arena, device, "matmul_tile", THREADS);
        this.tileInt8 = new KernelsByType(arena, device, "matmul_tile_int8", THREADS);
        this.warpgroupTile = new WarpgroupTile(arena, device);
    }

    /** Names the input of the products that follow. */
    Matmul input(Tensor x) {
        input.set(x);
        return this;
    }

    /** One product of the input named last, which must hold the same values still. */
    void multiply(GpuMatrix weight, @Nullable Tensor bias, Tensor out) {
        int rows = input.rows();
        boolean fillsTiles = rows >= MIN_TILE_ROWS;
        boolean asCodes = int8 && weight.layout().isQuantised() && !(tensorCores && fillsTiles);
        boolean asTiles = fillsTiles && (asCodes || tensorCores);
        if (asCodes) {
            input.prepareCodes();
        } else {
            input.prepareFloats(weight.paddedColumns());
        }
        boolean byWarpgroups = asTiles && !asCodes && warpgroupTile.serves(weight.layout(), rows);
        Kernel kernel = byWarpgroups
                ? warpgroupTile.kernel(weight.layout())
                : kernels(rows, asCodes, asTiles).of(weight.layout());
        ParamBlock parameters = kernel.parameters();
        if (asCodes) {
            input.pushCodes(parameters);
        } else {
            input.pushFloats(parameters);
        }
        weight.push(parameters);
        Kernel.pushOrNull(parameters, bias);
        Kernel.push(parameters, out);
        if (rows > 1) {
            parameters.u32(rows);
        }
        parameters.u32(weight.paddedColumns()).u32(weight.rows());
        if (asTiles) {
            int tile = byWarpgroups ? WarpgroupTile.TILE : TILE;
            kernel.grid(Math.ceilDiv(weight.rows(), tile), Math.ceilDiv(rows, tile), 1);
        } else {
            kernel.grid(Math.ceilDiv(weight.rows(), OUTPUTS_PER_BLOCK), Math.ceilDiv(rows, ROWS_PER_BLOCK), 1);
        }
        kernel.launch();
    }

    private KernelsByType kernels(int rows, boolean asCodes, boolean asTiles) {
        if (asTiles) {
            return asCodes ? tileInt8 : tile;
        }
        if (rows == 1) {
            return asCodes ? oneRowInt8 : oneRow;
        }
        return asCodes ? manyRowsInt8 : manyRows;
    }

    @Override
    public void close() {
        input.close();
    }
}
