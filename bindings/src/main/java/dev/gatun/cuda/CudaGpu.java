package dev.gatun.cuda;

import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A GPU as the driver lists it, described without a context. */
public final class CudaGpu {
    private static final int NAME_BYTES = 256;
    private static final int BUS_ID_BYTES = 32;

    private final int ordinal;
    private final int handle;
    private final String name;
    private final String busId;
    private final long totalBytes;
    private final Map<GpuAttribute, Integer> attributes = new EnumMap<>(GpuAttribute.class);

    private CudaGpu(Arena arena, int ordinal) {
        this.ordinal = ordinal;
        MemorySegment out = arena.allocate(NAME_BYTES, 8);
        require(Cuda.cuDeviceGet(out, ordinal), "cuDeviceGet", ordinal);
        this.handle = out.get(ValueLayout.JAVA_INT, 0);
        require(Cuda.cuDeviceGetName(out, NAME_BYTES, handle), "cuDeviceGetName", ordinal);
        this.name = out.getString(0);
        require(Cuda.cuDeviceGetPCIBusId(out, BUS_ID_BYTES, handle), "cuDeviceGetPCIBusId", ordinal);
        this.busId = out.getString(0);
        require(Cuda.cuDeviceTotalMem_v2(out, handle), "cuDeviceTotalMem", ordinal);
        this.totalBytes = out.get(ValueLayout.JAVA_LONG, 0);
        for (GpuAttribute attribute : GpuAttribute.values()) {
            int result = Cuda.cuDeviceGetAttribute(out, attribute.code, handle);
            if (result != Cuda.CUDA_SUCCESS()) {
                throw CudaException.ofDriver(
                        "cuDeviceGetAttribute", result, "attribute=" + attribute + ", device=" + ordinal);
            }
            attributes.put(attribute, out.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /**
     * The GPUs that the driver shows, in its order; none is an empty list.
     *
     * @throws CudaException if the driver does not start
     */
    public static List<CudaGpu> all() {
        int started = Cuda.cuInit(0);
        if (started == Cuda.CUDA_ERROR_NO_DEVICE()) {
            return List.of();
        }
        if (started != Cuda.CUDA_SUCCESS()) {
            throw CudaException.ofDriver("cuInit", started, "flags=0");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            int result = Cuda.cuDeviceGetCount(out);
            if (result != Cuda.CUDA_SUCCESS()) {
                throw CudaException.ofDriver("cuDeviceGetCount", result, "");
            }
            List<CudaGpu> gpus = new ArrayList<>();
            int count = out.get(ValueLayout.JAVA_INT, 0);
            for (int ordinal = 0; ordinal < count; ordinal++) {
                gpus.add(new CudaGpu(arena, ordinal));
            }
            return List.copyOf(gpus);
        }
    }

    private static void require(int result, String function, int ordinal) {
        if (result != Cuda.CUDA_SUCCESS()) {
            throw CudaException.ofDriver(function, result, "device=" + ordinal);
        }
    }

    /** Its place in the driver's list. */
    public int ordinal() {
        return ordinal;
    }

    /** What NVIDIA calls it: {@code NVIDIA H100 80GB HBM3}. */
    public String name() {
        return name;
    }

    /** Where it is plugged in: {@code 0000:65:00.0}. */
    public String busId() {
        return busId;
    }

    /** All its memory. */
    public long totalBytes() {
        return totalBytes;
    }

    public int attribute(GpuAttribute attribute) {
        return Objects.requireNonNull(attributes.get(attribute));
    }

    /** Compute capability as one number: 90 for 9.0. */
    public int computeCapability() {
        return attribute(GpuAttribute.COMPUTE_MAJOR) * 10 + attribute(GpuAttribute.COMPUTE_MINOR);
    }

    /** Compute capability as people write it: {@code 9.0}. */
    public String computeCapabilityText() {
        return attribute(GpuAttribute.COMPUTE_MAJOR) + "." + attribute(GpuAttribute.COMPUTE_MINOR);
    }

    /** The driver's number for it. */
    int handle() {
        return handle;
    }

    @Override
    public String toString() {
        return "GPU " + ordinal + ", " + name;
    }
}
