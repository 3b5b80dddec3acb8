package dev.gatun.cli.command;

import dev.gatun.cli.Units;
import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.runtime.MissingCapabilityException;
import java.util.List;

/**
 * The memory a model would lie in.
 *
 * @param where ends a phrase that begins with the size: {@code available}
 * @param isGpu whether weights are stored as a GPU's kernels read them
 */
record MemoryPlace(long byteSize, String where, boolean isGpu) {

    /** All of the first GPU's if it can run the kernels, else what is available beside the processor. */
    static MemoryPlace ofMachine() {
        return gpus().stream()
                .limit(1)
                .filter(gpu -> gpu.computeCapability() >= CudaDevice.OLDEST_COMPUTE_CAPABILITY)
                .map(MemoryPlace::of)
                .findFirst()
                .orElseGet(() -> new MemoryPlace(SystemMemory.availableBytes(), "available", false));
    }

    /**
     * All memory of a GPU.
     *
     * @throws MissingCapabilityException if there is none of that number
     */
    static MemoryPlace ofGpu(int ordinal) {
        List<CudaGpu> gpus = gpus();
        if (ordinal < 0 || ordinal >= gpus.size()) {
            throw new MissingCapabilityException("--gpu is " + ordinal + ", but the driver shows "
                    + Units.count(gpus.size(), "GPU") + "; gatun doctor lists them.");
        }
        return of(gpus.get(ordinal));
    }

    private static MemoryPlace of(CudaGpu gpu) {
        return new MemoryPlace(gpu.totalBytes(), "of " + gpu, true);
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
