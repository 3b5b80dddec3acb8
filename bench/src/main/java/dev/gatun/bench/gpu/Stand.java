package dev.gatun.bench.gpu;

import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.cuda.GpuMonitor;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.kernels.gpu.KernelCases;
import dev.gatun.ptx.verify.PtxModule;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * What the suite is run on: a GPU or the PTX machine, opened when it is first needed and again after it died. Used by one
 * thread.
 */
public final class Stand implements AutoCloseable {
    private final @Nullable CudaGpu gpu;
    private final @Nullable GpuMonitor monitor;
    private final int threads;
    private final Environment environment;
    private final String kernelsFingerprint;
    private @Nullable Device device;

    private Stand(@Nullable CudaGpu gpu, int threads) {
        this.gpu = gpu;
        this.threads = threads;
        this.monitor = gpu == null || GpuMonitor.absence().isPresent() ? null : GpuMonitor.open(gpu);
        this.environment = environment(gpu, monitor);
        this.kernelsFingerprint = texts();
    }

    /**
     * The stand called {@code device}.
     *
     * @param threads of the PTX machine; 0 for one a processor
     * @throws MissingCapabilityException if it is {@code cuda} and there is none, with what was looked for
     */
    public static Stand open(String device, int threads) {
        int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        return switch (device) {
            case "ptxvm" -> new Stand(null, count);
            case "cuda" -> new Stand(gpu(), count);
            default -> throw new InvalidInputException("--device is " + device + "; it is cuda or ptxvm.");
        };
    }

    private static CudaGpu gpu() {
        if (CudaDriver.find() instanceof CudaDriver.Missing missing) {
            throw new MissingCapabilityException(
                    missing.reason() + "; --device ptxvm runs the suite without a GPU, and measures none.");
        }
        List<CudaGpu> gpus = CudaGpu.all();
        if (gpus.isEmpty()) {
            throw new MissingCapabilityException(
                    "A CUDA driver was found, but it shows no GPU; does CUDA_VISIBLE_DEVICES hide it?");
        }
        return gpus.getFirst();
    }

    private static Environment environment(@Nullable CudaGpu gpu, @Nullable GpuMonitor monitor) {
        if (gpu == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            return Environment.of("ptxvm", "PTX machine on " + processors + " processors, no GPU", "none", "none");
        }
        return Environment.of(
                "cuda",
                gpu.name(),
                monitor == null ? "unknown (" + GpuMonitor.absence().orElse("") + ")" : monitor.driverVersion(),
                CudaDriver.find() instanceof CudaDriver.Found found ? found.versionText() : "unknown");
    }

    public Environment environment() {
        return environment;
    }

    /** Whether times are measured here. */
    public boolean hasClock() {
        return gpu != null;
    }

    Optional<CudaGpu> graphics() {
        return Optional.ofNullable(gpu);
    }

    Optional<GpuMonitor> monitor() {
        return Optional.ofNullable(monitor);
    }

    int threads() {
        return threads;
    }

    /** The device, which the stand closes. */
    Device device() {
        Device open = device;
        if (open == null) {
            open = gpu == null ? VmDevice.open(threads) : CudaDevice.open(gpu);
            device = open;
        }
        return open;
    }

    /**
     * The device as a GPU.
     *
     * @throws MissingCapabilityException if it is the PTX machine
     */
    CudaDevice cuda() {
        if (device() instanceof CudaDevice cuda) {
            return cuda;
        }
        throw new MissingCapabilityException("a GPU's clock is needed; the PTX machine has none");
    }

    /** The device for a user who closes it; new memory holds what is no number. */
    Device lent() {
        return new LentDevice(device());
    }

    /** Gives up the device after a failure: it may be dead. */
    void recover() {
        Device open = device;
        device = null;
        if (open != null) {
            try {
                open.close();
            } catch (CudaException e) {
                // Its context is dead; the next one is new.
            }
        }
    }

    /** The cases of the kernels. */
    static KernelCases cases() {
        return ServiceLoader.load(KernelCases.class)
                .findFirst()
                .orElseThrow(
                        () -> new MissingCapabilityException("the kernels' cases are not on the class path: add the"
                                + " archive of the kernels' tests, gatun-kernels-...-tests.jar"));
    }

    String kernelsFingerprint() {
        return kernelsFingerprint;
    }

    private static String texts() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String kernel : cases().kernels()) {
                try (InputStream text = PtxModule.class.getResourceAsStream("/gatun-ptx/" + kernel + ".ptx")) {
                    if (text != null) {
                        digest.update(text.readAllBytes());
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        recover();
        if (monitor != null) {
            monitor.close();
        }
    }
}
