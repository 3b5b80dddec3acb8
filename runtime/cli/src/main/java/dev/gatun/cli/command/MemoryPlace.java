package dev.gatun.cli.command;

import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.kernels.device.CudaDevice;
import java.util.List;

/**
 * The memory a model would lie in.
 *
 * @param where ends a phrase that begins with the size: {@code available}
 */
record MemoryPlace(long byteSize, String where) {

    /** All of the first GPU's if it can run the kernels, else what is available beside the processor. */
    static MemoryPlace ofMachine() {
        return gpus().stream()
                .limit(1)
                .filter(gpu -> gpu.computeCapability() >= CudaDevice.OLDEST_COMPUTE_CAPABILITY)
                .map(gpu -> new MemoryPlace(gpu.totalBytes(), "of " + gpu))
                .findFirst()
                .orElseGet(() -> new MemoryPlace(SystemMemory.availableBytes(), "available"));
    }

    private static List<CudaGpu> gpus() {
        if (CudaDriver.find() instanceof CudaDriver.Missing) {
            return List.of();
        }
        try {
            return CudaGpu.all();
        } catch (CudaException e) {
            return List.of(); // the doctor says why
        }
    }
}
