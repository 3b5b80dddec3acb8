package dev.gatun.runtime.engine;

import dev.gatun.cuda.CudaDriver;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.cpu.CpuBackend;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.kernels.reference.ReferenceBackend;
import dev.gatun.runtime.MissingCapabilityException;

/** Opens the backend that was asked for, or says what is missing. */
final class Backends {

    private Backends() {}

    static Backend open(EngineOptions options) {
        return switch (options.backend()) {
            case AUTO, CPU -> cpu(options);
            case REFERENCE -> new ReferenceBackend(options.activations());
            case CUDA -> throw new MissingCapabilityException(cudaReason());
            case PTXVM -> new GpuBackend(VmDevice.open(threads(options)), options.activations(), false);
        };
    }

    private static Backend cpu(EngineOptions options) {
        try {
            return new CpuBackend(threads(options), options.activations(), options.cpuTier());
        } catch (UnsupportedOperationException e) {
            throw new MissingCapabilityException(String.valueOf(e.getMessage()), e);
        }
    }

    private static int threads(EngineOptions options) {
        return options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
    }

    private static String cudaReason() {
        return switch (CudaDriver.find()) {
            case CudaDriver.Missing missing -> missing.reason();
            case CudaDriver.Found found ->
                "A CUDA driver was found (" + found
                        + "), but this version can not launch kernels on it yet; --backend ptxvm runs them on the processor.";
        };
    }
}
