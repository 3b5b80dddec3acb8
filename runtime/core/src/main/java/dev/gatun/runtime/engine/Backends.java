package dev.gatun.runtime.engine;

import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.CpuTier;
import dev.gatun.kernels.cpu.CpuBackend;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.kernels.reference.ReferenceBackend;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.model.ModelConfig;
import java.util.List;
import java.util.stream.Collectors;

/** Opens the backend that was asked for, if the model fits beside it, or says what is missing. */
final class Backends {
    private final GgufFile file;
    private final ModelConfig config;
    private final EngineOptions options;
    private final int context;

    /**
     * A backend, and what it is.
     *
     * @param description the backend's own, and why it is not a faster one where that is not plain
     */
    record Opened(Backend backend, String description) {
        Opened(Backend backend) {
            this(backend, backend.description());
        }
    }

    private Backends(GgufFile file, ModelConfig config, EngineOptions options, int context) {
        this.file = file;
        this.config = config;
        this.options = options;
        this.context = context;
    }

    /**
     * Opens the backend of {@code options} for a model.
     *
     * @throws MissingCapabilityException if the machine lacks the backend or the memory
     */
    static Opened open(GgufFile file, ModelConfig config, EngineOptions options, int context) {
        Backends backends = new Backends(file, config, options, context);
        return switch (options.backend()) {
            case AUTO -> backends.fastest();
            case CPU -> new Opened(backends.cpu());
            case CUDA -> new Opened(backends.cuda());
            case REFERENCE -> {
                backends.requireHostMemory();
                yield new Opened(new ReferenceBackend(options.activations()));
            }
            case PTXVM -> {
                backends.requireHostMemory();
                yield new Opened(new GpuBackend(VmDevice.open(backends.threads()), options.activations(), false));
            }
        };
    }

    /** The GPU, or the processor with the reason if there is a driver that is of no use for this model. */
    private Opened fastest() {
        if (options.namesGpu()) {
            return new Opened(cuda());
        }
        if (options.cpuTier() != CpuTier.AUTO || CudaDriver.find() instanceof CudaDriver.Missing) {
            return new Opened(cpu()); // who names a tier of the processor wants the processor
        }
        try {
            return new Opened(cuda());
        } catch (MissingCapabilityException e) {
            Backend processor = cpu();
            return new Opened(processor, processor.description() + "; not on the GPU: " + e.getMessage());
        }
    }

    private Backend cpu() {
        requireHostMemory();
        try {
            return new CpuBackend(threads(), options.activations(), options.cpuTier());
        } catch (UnsupportedOperationException e) {
            throw new MissingCapabilityException(String.valueOf(e.getMessage()), e);
        }
    }

    private Backend cuda() {
        if (CudaDriver.find() instanceof CudaDriver.Missing missing) {
            throw new MissingCapabilityException(missing.reason());
        }
        if (!GpuBackend.takesHeads(config.headDim())) {
            throw new MissingCapabilityException("The GPU's kernels take no heads of " + config.headDim()
                    + " elements, which the model has; --backend cpu runs it.");
        }
        try {
            List<CudaGpu> gpus = CudaGpu.all();
            if (gpus.isEmpty()) {
                throw new MissingCapabilityException(
                        "A CUDA driver was found, but it shows no GPU; does CUDA_VISIBLE_DEVICES hide it?");
            }
            return onGpu(chosen(gpus));
        } catch (CudaException e) {
            throw new MissingCapabilityException(String.valueOf(e.getMessage()), e);
        } catch (UnsupportedOperationException e) {
            throw new MissingCapabilityException(e.getMessage() + "; --backend cpu runs the model.", e);
        }
    }

    private CudaGpu chosen(List<CudaGpu> gpus) {
        int number = options.namesGpu() ? options.gpu() : 0;
        if (number >= gpus.size()) {
            throw new MissingCapabilityException("There is no GPU " + number + ": the driver shows "
                    + gpus.stream().map(CudaGpu::toString).collect(Collectors.joining("; "))
                    + ". CUDA_VISIBLE_DEVICES may hide others.");
        }
        return gpus.get(number);
    }

    private Backend onGpu(CudaGpu gpu) {
        Device device = CudaDevice.open(gpu);
        try {
            long freeBytes = device.memory().freeBytes().orElseThrow();
            ModelMemory.onGpu(file, config, options, context)
                    .requireFits(freeBytes, "free of " + gpu.totalBytes() / 1_000_000 + " on " + gpu.name());
            return new GpuBackend(device, options.activations(), false);
        } catch (RuntimeException | Error e) {
            try {
                device.close();
            } catch (CudaException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    private void requireHostMemory() {
        ModelMemory.onHost(file, config, options, context).requireFits(ProcessMemory.availableBytes(), "available");
    }

    private int threads() {
        return options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
    }
}
