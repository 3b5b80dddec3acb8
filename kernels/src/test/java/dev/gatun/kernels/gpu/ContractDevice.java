package dev.gatun.kernels.gpu;

import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.VmDevice;
import java.util.List;

/**
 * The device that the kernels' contract is asked of: the PTX machine, or a GPU where {@code -Dgatun.device=cuda} is given, as
 * {@code mvn -Pgpu} does. A machine without one fails then, for a skipped test would look like a kept contract.
 */
final class ContractDevice {
    private static final String PROPERTY = "gatun.device";

    private ContractDevice() {}

    static Device open() {
        String name = System.getProperty(PROPERTY, "ptxvm");
        return switch (name) {
            case "ptxvm" -> VmDevice.open(2);
            case "cuda" -> gpu();
            default -> throw new IllegalStateException(PROPERTY + " is " + name + "; it is ptxvm or cuda");
        };
    }

    private static Device gpu() {
        if (CudaDriver.find() instanceof CudaDriver.Missing missing) {
            throw new IllegalStateException(missing.reason());
        }
        List<CudaGpu> gpus = CudaGpu.all();
        if (gpus.isEmpty()) {
            throw new IllegalStateException("the CUDA driver shows no GPU");
        }
        return CudaDevice.open(gpus.getFirst());
    }
}
