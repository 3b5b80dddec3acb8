package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.device.Device;
import java.lang.foreign.Arena;
import java.util.EnumMap;

/** The kernels of one stem, one a type, each loaded when it is first asked for. */
final class KernelsByType {
    private final Arena arena;
    private final Device device;
    private final String stem;
    private final int threads;
    private final EnumMap<DType, Kernel> kernels = new EnumMap<>(DType.class);

    KernelsByType(Arena arena, Device device, String stem, int threads) {
        this.arena = arena;
        this.device = device;
        this.stem = stem;
        this.threads = threads;
    }

    /** The kernel {@code stem_type}. */
    Kernel of(DType type) {
        Kernel kernel = kernels.get(type);
        if (kernel == null) {
            kernel = new Kernel(arena, device, Kernel.name(stem, type), threads);
            kernels.put(type, kernel);
        }
        return kernel;
    }
}
