package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;

/** Launches {@code quantise_rows}. */
final class Quantise {
    private static final int THREADS = 256;
    private static final int COLUMNS_PER_BLOCK = 4 * THREADS;

    private final Kernel kernel;

    Quantise(Arena arena, Device device) {
        this.kernel = new Kernel(arena, device, "quantise_rows", THREADS);
    }

    void launch(Tensor x, QuantisedRows out) {
        out.reserve(x.rows(), x.columns());
        ParamBlock parameters = kernel.parameters();
        Kernel.push(parameters, x);
        out.push(parameters);
        parameters.u32(x.columns());
        kernel.grid(x.rows(), Math.ceilDiv(x.columns(), COLUMNS_PER_BLOCK), 1);
        kernel.launch();
    }
}
