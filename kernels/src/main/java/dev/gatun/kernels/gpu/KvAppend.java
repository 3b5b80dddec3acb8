package dev.gatun.kernels.gpu;

import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;

/**
 * Launches {@code kv_append_*}: rounds fresh key and value rows to the cache's type and stores them in their pages. That the
 * pages hold them is checked before.
 */
final class KvAppend {
    private static final int THREADS = 64;

    private final KernelsByType kernels;

    KvAppend(Arena arena, Device device) {
        this.kernels = new KernelsByType(arena, device, "kv_append", THREADS);
    }

    void launch(Tensor k, Tensor v, StepBlock step, KvLayer layer) {
        Kernel kernel = kernels.of(layer.type());
        ParamBlock parameters = kernel.parameters();
        Kernel.push(parameters, k);
        Kernel.push(parameters, v);
        parameters.pointer(layer.keys(), 0).pointer(layer.values(), 0);
        step.pushPositions(parameters);
        step.pushSequences(parameters);
        step.pushPages(parameters);
        parameters.u32(step.pagesPerSequence()).u32(layer.headDim());
        kernel.grid(k.rows(), layer.kvHeads(), 1);
        kernel.launch();
    }
}
