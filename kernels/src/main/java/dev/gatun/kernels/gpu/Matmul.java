package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Launches the products of {@link Ladder}: rungs 1 to 5 give a row the same bits in any batch, 6 and 7 round their input. */
final class Matmul implements AutoCloseable {
    private static final int THREADS = 128;
    private static final int OUTPUTS_PER_BLOCK = 16;
    private static final int ROWS_PER_BLOCK = 4;
    private static final int WARPGROUP_THREADS = 256;
    private static final int TILE = 64; // rows and outputs of a block that makes tiles
    private static final int WARPGROUP_TILE = 128;

    private final Ladder ladder;
    private final MatmulInput input;
    private final EnumMap<Rung, KernelsByType> kernels = new EnumMap<>(Rung.class);

    /** @param quantise what makes codes of an input */
    Matmul(Arena arena, Device device, Quantise quantise, Ladder ladder) {
        this.ladder = ladder;
        this.input = new MatmulInput(arena, device, quantise);
        kernels.put(Rung.PRODUCT_ROW, new KernelsByType(arena, device, "matmul_row", THREADS));
        kernels.put(Rung.PRODUCT_ROWS, new KernelsByType(arena, device, "matmul_rows", THREADS));
        kernels.put(Rung.PRODUCT_ROW_INT8, new KernelsByType(arena, device, "matmul_row_int8", THREADS));
        kernels.put(Rung.PRODUCT_ROWS_INT8, new KernelsByType(arena, device, "matmul_rows_int8", THREADS));
        kernels.put(Rung.PRODUCT_TILE_INT8, new KernelsByType(arena, device, "matmul_tile_int8", THREADS));
        kernels.put(Rung.PRODUCT_TILE, new KernelsByType(arena, device, "matmul_tile", THREADS));
        kernels.put(
                Rung.PRODUCT_WARPGROUP_TILE, new KernelsByType(arena, device, "matmul_tile_sm90a", WARPGROUP_THREADS));
    }

    /** Names the input of the products that follow. */
    Matmul input(Tensor x) {
        input.set(x);
        return this;
    }

    /** One product of the input named last, which must hold the same values still. */
    void multiply(GpuMatrix weight, @Nullable Tensor bias, Tensor out) {
        int rows = input.rows();
        Rung rung = ladder.product(weight.layout(), rows);
        Kernel kernel = Objects.requireNonNull(kernels.get(rung)).of(weight.layout());
        if (rung.takesCodes()) {
            input.prepareCodes();
        } else {
            input.prepareFloats(weight.paddedColumns());
        }
        ParamBlock parameters = kernel.parameters();
        if (rung.takesCodes()) {
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
        if (rung.makesTiles()) {
            int tile = rung == Rung.PRODUCT_WARPGROUP_TILE ? WARPGROUP_TILE : TILE;
            kernel.grid(Math.ceilDiv(weight.rows(), tile), Math.ceilDiv(rows, tile), 1);
        } else {
            kernel.grid(Math.ceilDiv(weight.rows(), OUTPUTS_PER_BLOCK), Math.ceilDiv(rows, ROWS_PER_BLOCK), 1);
        }
        kernel.launch();
    }

    @Override
    public void close() {
        input.close();
    }
}
