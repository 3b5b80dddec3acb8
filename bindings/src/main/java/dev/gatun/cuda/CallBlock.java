package dev.gatun.cuda;

import dev.gatun.ffi.cuda.CUlaunchAttribute_st;
import dev.gatun.ffi.cuda.CUlaunchConfig;
import dev.gatun.ffi.cuda.CUlaunchConfig_st;
import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory of a context that its calls use over and over: places for out-parameters, the {@code extra} array of a
 * launch, and the configuration of a launch with attributes.
 */
final class CallBlock {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final long EXTRA_POINTER = 8; // after CU_LAUNCH_PARAM_BUFFER_POINTER
    private static final long EXTRA_BYTES = 5 * 8;

    private final MemorySegment out;
    private final MemorySegment secondOut;
    private final MemorySegment extra;
    private final MemorySegment parameterBytes;
    private final MemorySegment config;

    CallBlock(Arena arena) {
        this.out = arena.allocate(LONG);
        this.secondOut = arena.allocate(LONG);
        this.parameterBytes = arena.allocate(LONG);
        this.extra = arena.allocate(EXTRA_BYTES, 8);
        extra.set(LONG, 0, Cuda.CU_LAUNCH_PARAM_BUFFER_POINTER().address());
        extra.set(LONG, 16, Cuda.CU_LAUNCH_PARAM_BUFFER_SIZE().address());
        extra.set(LONG, 24, parameterBytes.address());
        extra.set(LONG, 32, Cuda.CU_LAUNCH_PARAM_END().address());
        MemorySegment attribute = arena.allocate(CUlaunchAttribute_st.layout());
        CUlaunchAttribute_st.id(attribute, Cuda.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION());
        CUlaunchAttribute_st.value(attribute).set(INT, 0, 1); // programmaticStreamSerializationAllowed
        this.config = arena.allocate(CUlaunchConfig.layout());
        CUlaunchConfig_st.blockDimY(config, 1);
        CUlaunchConfig_st.blockDimZ(config, 1);
        CUlaunchConfig_st.attrs(config, attribute);
        CUlaunchConfig_st.numAttrs(config, 1);
    }

    /** Where a call puts one result of up to 8 bytes. */
    MemorySegment out() {
        return out;
    }

    MemorySegment secondOut() {
        return secondOut;
    }

    long outLong() {
        return out.get(LONG, 0);
    }

    int outInt() {
        return out.get(INT, 0);
    }

    /** The {@code extra} argument that passes {@code parameters} as one packed buffer. */
    MemorySegment extra(MemorySegment parameters) {
        parameterBytes.set(LONG, 0, parameters.byteSize());
        extra.set(LONG, EXTRA_POINTER, parameters.address());
        return extra;
    }

    /** A launch that may begin before what is ahead of it in the stream has ended. */
    MemorySegment programmatic(MemorySegment stream, int gridX, int gridY, int gridZ, int threads, int sharedByteSize) {
        CUlaunchConfig_st.gridDimX(config, gridX);
        CUlaunchConfig_st.gridDimY(config, gridY);
        CUlaunchConfig_st.gridDimZ(config, gridZ);
        CUlaunchConfig_st.blockDimX(config, threads);
        CUlaunchConfig_st.sharedMemBytes(config, sharedByteSize);
        CUlaunchConfig_st.hStream(config, stream);
        return config;
    }
}
