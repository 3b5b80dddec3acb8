package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;

/** Launches {@code embed_*}: fetches the table's row of each token of the step. */
final class Embed {
    private static final int THREADS = 128;

    private final KernelsByType kernels;

    Embed(Arena arena, Device device) {
        this.kernels = new KernelsByType(arena, device, "embed", THREADS);
    }

    void launch(GpuMatrix table, StepBlock step, Tensor out) {
        Kernel kernel = kernels.of(table.layout());
        ParamBlock parameters = kernel.parameters();
        table.push(parameters);
        step.pushTokens(parameters);
        Kernel.push(parameters, out);
        parameters.u32(table.columns());
        if (!table.layout().isQuantised()) {
            parameters.u32(table.paddedColumns());
        }
        kernel.grid(out.rows(), 1, 1);
        kernel.launch();
    }
}
