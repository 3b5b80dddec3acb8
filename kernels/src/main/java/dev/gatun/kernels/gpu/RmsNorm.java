package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;

/** Launches {@code rms_norm}: a block a row. */
final class RmsNorm {
    private static final int THREADS = 256;

    private final Kernel kernel;

    RmsNorm(Arena arena, Device device) {
        this.kernel = new Kernel(arena, device, "rms_norm", THREADS);
    }

    void launch(Tensor x, Tensor weight, float epsilon, Tensor out) {
        ParamBlock parameters = kernel.parameters();
        Kernel.push(parameters, x);
        Kernel.push(parameters, weight);
        Kernel.push(parameters, out);
        parameters.u32(x.columns()).f32(epsilon);
        kernel.grid(x.rows(), 1, 1);
        kernel.launch();
    }
}
