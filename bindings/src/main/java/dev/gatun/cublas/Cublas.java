package dev.gatun.cublas;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaException;
import dev.gatun.ffi.NativeLibrary;
import dev.gatun.ffi.cublaslt.CublasLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * NVIDIA's matrix products (cuBLASLt) in one context, with one workspace for all. The library's choice of a kernel is asked
 * for once a shape and kept. Used by one thread at a time; close it before its context.
 */
public final class Cublas implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final CudaContext context;
    private final MemorySegment handle;
    private final MemorySegment workspace;
    private final long workspaceBytes;
    private final Map<GemmShape, GemmPlan> plans = new HashMap<>();
    private boolean closed;

    private Cublas(CudaContext context, long workspaceBytes) {
        this.context = context;
        this.workspaceBytes = workspaceBytes;
        context.makeCurrent();
        MemorySegment out = arena.allocate(CublasLt.C_POINTER);
        CublasCalls.require(CublasLt.cublasLtCreate(out), "cublasLtCreate", "");
        this.handle = CublasCalls.pointer(out);
        this.workspace = workspaceBytes == 0 ? MemorySegment.NULL : allocateWorkspace();
    }

    private MemorySegment allocateWorkspace() {
        try {
            return context.allocate(arena, workspaceBytes);
        } catch (CudaException e) {
            CublasLt.cublasLtDestroy(handle);
            throw e;
        }
    }

    /** Why there is no cuBLASLt on this machine, or empty if there is. */
    public static Optional<String> absence() {
        return NativeLibrary.CUBLAS_LT.opened().isPresent()
                ? Optional.empty()
                : Optional.of("no cuBLASLt: " + NativeLibrary.CUBLAS_LT.absence());
    }

    /**
     * Opens the library in {@code context}.
     *
     * @param workspaceBytes device memory that products may use beside their own
     * @throws UnsupportedOperationException with {@link #absence} if the library is missing
     * @throws CudaException if it does not start or there is no memory
     */
    public static Cublas open(CudaContext context, long workspaceBytes) {
        if (workspaceBytes < 0) {
            throw new IllegalArgumentException("workspaceBytes=" + workspaceBytes);
        }
        absence().ifPresent(reason -> {
            throw new UnsupportedOperationException(reason);
        });
        return new Cublas(context, workspaceBytes);
    }

    /** The library's version, as people write it: {@code 13.1.0}. */
    public static String version() {
        long version = CublasLt.cublasLtGetVersion();
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }

    /**
     * How to multiply {@code rows} rows of {@code inputs} elements by a weight matrix {@code [outputs][inputs]}; asked of the
     * library the first time.
     *
     * @throws CudaException if the library has no kernel for it
     */
    public GemmPlan plan(ElementType type, int outputs, int inputs, int rows) {
        GemmShape shape = new GemmShape(type, outputs, inputs, rows);
        GemmPlan plan = plans.get(shape);
        if (plan == null) {
            context.makeCurrent();
            plan = new GemmPlan(arena, this, shape);
            plans.put(shape, plan);
        }
        return plan;
    }

    CudaContext context() {
        return context;
    }

    MemorySegment handle() {
        if (closed) {
            throw new IllegalStateException("cuBLAS is closed");
        }
        return handle;
    }

    MemorySegment workspace() {
        return workspace;
    }

    long workspaceBytes() {
        return workspaceBytes;
    }

    /** Gives back plans, workspace and handle. A second call does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        plans.values().forEach(GemmPlan::destroy);
        int status = CublasLt.cublasLtDestroy(handle);
        arena.close();
        CublasCalls.require(status, "cublasLtDestroy", "");
    }
}
