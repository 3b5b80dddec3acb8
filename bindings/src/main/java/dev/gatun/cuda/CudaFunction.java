package dev.gatun.cuda;

import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.MemorySegment;

/** A kernel of a module. A launch allocates nothing. */
public final class CudaFunction {
    private final CudaContext context;
    private final CudaModule module;
    private final String name;
    private final MemorySegment handle;

    CudaFunction(CudaContext context, CudaModule module, String name, MemorySegment handle) {
        this.context = context;
        this.module = module;
        this.name = name;
        this.handle = handle;
    }

    public String name() {
        return name;
    }

    /** Registers of a thread. */
    public int registers() {
        return attribute(Cuda.CU_FUNC_ATTRIBUTE_NUM_REGS());
    }

    /** Bytes of a thread that do not fit into registers and lie in device memory. */
    public int localByteSize() {
        return attribute(Cuda.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES());
    }

    /** Bytes of shared memory that the text itself declares. */
    public int staticSharedByteSize() {
        return attribute(Cuda.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES());
    }

    /** Most threads of a block, given the registers. */
    public int maxThreads() {
        return attribute(Cuda.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK());
    }

    private int attribute(int attribute) {
        module.requireLive();
        context.makeCurrent();
        int result = Cuda.cuFuncGetAttribute(context.block().out(), attribute, handle);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuFuncGetAttribute", result, "function=" + name + ", attribute=" + attribute);
        }
        return context.block().outInt();
    }

    /**
     * Allows launches with up to {@code byteSize} bytes of dynamic shared memory, beyond the 48 KiB that need no permission.
     *
     * @throws CudaException if the GPU's blocks have not as much
     */
    public void allowDynamicShared(int byteSize) {
        module.requireLive();
        context.makeCurrent();
        int result = Cuda.cuFuncSetAttribute(handle, Cuda.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES(), byteSize);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure(
                    "cuFuncSetAttribute",
                    result,
                    "function=" + name + ", maxDynamicSharedByteSize=" + byteSize,
                    "; a block of " + context.gpu() + " has "
                            + context.gpu().attribute(GpuAttribute.SHARED_BYTES_PER_BLOCK_OPT_IN));
        }
    }

    /** How many blocks of this shape a multiprocessor holds at once. */
    public int blocksPerMultiprocessor(int threads, int dynamicSharedByteSize) {
        module.requireLive();
        context.makeCurrent();
        int result = Cuda.cuOccupancyMaxActiveBlocksPerMultiprocessor(
                context.block().out(), handle, threads, dynamicSharedByteSize);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure(
                    "cuOccupancyMaxActiveBlocksPerMultiprocessor",
                    result,
                    "function=" + name + ", threads=" + threads + ", dynamicSharedByteSize=" + dynamicSharedByteSize);
        }
        return context.block().outInt();
    }

    /**
     * Launches a grid after what is ahead of it in {@code stream}.
     *
     * @param parameters the arguments packed as the text's {@code .param} space; read before this returns
     */
    public void launch(
            CudaStream stream,
            int gridX,
            int gridY,
            int gridZ,
            int threads,
            int sharedByteSize,
            MemorySegment parameters) {
        launch(stream, gridX, gridY, gridZ, threads, 1, 1, sharedByteSize, parameters);
    }

    /** As the other, with blocks of {@code blockX * blockY * blockZ} threads. */
    public void launch(
            CudaStream stream,
            int gridX,
            int gridY,
            int gridZ,
            int blockX,
            int blockY,
            int blockZ,
            int sharedByteSize,
            MemorySegment parameters) {
        module.requireLive();
        context.makeCurrent();
        int result = Cuda.cuLaunchKernel(
                handle,
                gridX,
                gridY,
                gridZ,
                blockX,
                blockY,
                blockZ,
                sharedByteSize,
                stream.handle(),
                MemorySegment.NULL,
                context.block().extra(parameters));
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure(
                    "cuLaunchKernel",
                    result,
                    values(gridX, gridY, gridZ, blockX * blockY * blockZ, sharedByteSize, parameters));
        }
    }

    /**
     * As {@link #launch}, but the grid may begin while the one ahead of it ends (programmatic dependent launch): only for a
     * kernel that executes {@code griddepcontrol.wait} before it reads what others wrote.
     */
    public void launchProgrammatic(
            CudaStream stream,
            int gridX,
            int gridY,
            int gridZ,
            int threads,
            int sharedByteSize,
            MemorySegment parameters) {
        module.requireLive();
        context.makeCurrent();
        CallBlock block = context.block();
        int result = Cuda.cuLaunchKernelEx(
                block.programmatic(stream.handle(), gridX, gridY, gridZ, threads, sharedByteSize),
                handle,
                MemorySegment.NULL,
                block.extra(parameters));
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure(
                    "cuLaunchKernelEx", result, values(gridX, gridY, gridZ, threads, sharedByteSize, parameters));
        }
    }

    private String values(int gridX, int gridY, int gridZ, int threads, int sharedByteSize, MemorySegment parameters) {
        return "function=" + name + ", grid=" + gridX + "x" + gridY + "x" + gridZ + ", threads=" + threads
                + ", sharedByteSize=" + sharedByteSize + ", parameterBytes=" + parameters.byteSize();
    }

    @Override
    public String toString() {
        return name;
    }
}
