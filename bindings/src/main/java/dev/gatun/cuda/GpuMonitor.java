package dev.gatun.cuda;

import dev.gatun.ffi.NativeLibrary;
import dev.gatun.ffi.nvml.Nvml;
import dev.gatun.ffi.nvml.nvmlMemory_v2_st;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalInt;

/** Watches a GPU through NVIDIA's management library: clocks, power, temperature, memory. Used by one thread at a time. */
public final class GpuMonitor implements AutoCloseable {
    private static final int TEXT_BYTES = 96;

    private final Arena arena = Arena.ofShared();
    private final CudaGpu gpu;
    private final MemorySegment handle;
    private final MemorySegment out;
    private final MemorySegment memory;
    private boolean closed;

    private GpuMonitor(CudaGpu gpu) {
        this.gpu = gpu;
        this.out = arena.allocate(TEXT_BYTES, 8);
        this.memory = arena.allocate(nvmlMemory_v2_st.layout());
        int found = Nvml.nvmlDeviceGetHandleByPciBusId_v2(arena.allocateFrom(gpu.busId()), out);
        if (found != Nvml.NVML_SUCCESS()) {
            Nvml.nvmlShutdown();
            arena.close();
            throw failure(found, "nvmlDeviceGetHandleByPciBusId", "busId=" + gpu.busId());
        }
        this.handle = out.get(Nvml.C_POINTER, 0);
    }

    /** Why there is no NVML on this machine, or empty if there is. */
    public static Optional<String> absence() {
        return NativeLibrary.NVML.opened().isPresent()
                ? Optional.empty()
                : Optional.of("no NVML: " + NativeLibrary.NVML.absence());
    }

    /**
     * Opens the library for {@code gpu}.
     *
     * @throws UnsupportedOperationException with {@link #absence} if the library is missing
     * @throws CudaException if it does not start or does not know the GPU
     */
    public static GpuMonitor open(CudaGpu gpu) {
        absence().ifPresent(reason -> {
            throw new UnsupportedOperationException(reason);
        });
        int started = Nvml.nvmlInit_v2();
        if (started != Nvml.NVML_SUCCESS()) {
            throw failure(started, "nvmlInit", "");
        }
        return new GpuMonitor(gpu);
    }

    /** The driver's version as NVIDIA counts it: {@code 580.82.07}. */
    public String driverVersion() {
        require(Nvml.nvmlSystemGetDriverVersion(out, TEXT_BYTES), "nvmlSystemGetDriverVersion");
        return out.getString(0);
    }

    /** What the GPU does now. */
    public GpuReading read() {
        nvmlMemory_v2_st.version(memory, Nvml.nvmlMemory_v2());
        require(Nvml.nvmlDeviceGetMemoryInfo_v2(handle, memory), "nvmlDeviceGetMemoryInfo");
        return new GpuReading(
                number(Nvml.nvmlDeviceGetClockInfo(handle, Nvml.NVML_CLOCK_SM(), out), "nvmlDeviceGetClockInfo"),
                number(Nvml.nvmlDeviceGetClockInfo(handle, Nvml.NVML_CLOCK_MEM(), out), "nvmlDeviceGetClockInfo"),
                number(Nvml.nvmlDeviceGetPowerUsage(handle, out), "nvmlDeviceGetPowerUsage"),
                number(
                        Nvml.nvmlDeviceGetTemperature(handle, Nvml.NVML_TEMPERATURE_GPU(), out),
                        "nvmlDeviceGetTemperature"),
                nvmlMemory_v2_st.used(memory),
                nvmlMemory_v2_st.free(memory),
                nvmlMemory_v2_st.total(memory),
                slowdowns());
    }

    private long slowdowns() {
        if (NativeLibrary.NVML.find("nvmlDeviceGetCurrentClocksEventReasons").isEmpty()) {
            return 0; // a driver before 535
        }
        int result = Nvml.nvmlDeviceGetCurrentClocksEventReasons(handle, out);
        return number(result, "nvmlDeviceGetCurrentClocksEventReasons").isPresent()
                ? out.get(ValueLayout.JAVA_LONG, 0)
                : 0;
    }

    private OptionalInt number(int result, String function) {
        if (result == Nvml.NVML_ERROR_NOT_SUPPORTED()) {
            return OptionalInt.empty();
        }
        require(result, function);
        return OptionalInt.of(out.get(ValueLayout.JAVA_INT, 0));
    }

    private void require(int result, String function) {
        if (result != Nvml.NVML_SUCCESS()) {
            throw failure(result, function, gpu.toString());
        }
    }

    private static CudaException failure(int result, String function, String values) {
        return CudaException.of(
                function,
                result,
                values,
                "NVML error",
                Nvml.nvmlErrorString(result).getString(0),
                "");
    }

    /** Stops the library. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Nvml.nvmlShutdown();
            arena.close();
        }
    }
}
