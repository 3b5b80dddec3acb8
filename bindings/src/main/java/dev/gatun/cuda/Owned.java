package dev.gatun.cuda;

import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** A native thing in a context, released once: by the arena it was made from, or by its context. */
final class Owned {

    /** What it is, in the order a context releases them. */
    enum Kind {
        GRAPH_EXEC("cuGraphExecDestroy"),
        GRAPH("cuGraphDestroy"),
        EVENT("cuEventDestroy"),
        STREAM("cuStreamDestroy"),
        MODULE("cuModuleUnload"),
        PINNED_MEMORY("cuMemFreeHost"),
        DEVICE_MEMORY("cuMemFree");

        final String release;

        Kind(String release) {
            this.release = release;
        }
    }

    private final CudaContext context;
    private final Kind kind;
    private final MemorySegment handle;
    private final long byteSize;
    private final AtomicBoolean released = new AtomicBoolean();

    /** @param byteSize what it takes; 0 where the driver does not say */
    Owned(CudaContext context, Kind kind, MemorySegment handle, long byteSize) {
        this.context = context;
        this.kind = kind;
        this.handle = handle;
        this.byteSize = byteSize;
    }

    Kind kind() {
        return kind;
    }

    MemorySegment handle() {
        return handle;
    }

    long byteSize() {
        return byteSize;
    }

    /** Whether it is still there. */
    boolean isLive() {
        return !released.get();
    }

    /** Gives it back if nobody did; any thread. Never throws: the context keeps the failure. */
    void release() {
        context.release(this);
    }

    /** Whether the caller is the one that releases it. */
    boolean claim() {
        return released.compareAndSet(false, true);
    }

    /** The driver's answer to giving it back. */
    int call() {
        return switch (kind) {
            case GRAPH_EXEC -> Cuda.cuGraphExecDestroy(handle);
            case GRAPH -> Cuda.cuGraphDestroy(handle);
            case EVENT -> Cuda.cuEventDestroy_v2(handle);
            case STREAM -> Cuda.cuStreamDestroy_v2(handle);
            case MODULE -> Cuda.cuModuleUnload(handle);
            case PINNED_MEMORY -> Cuda.cuMemFreeHost(handle);
            case DEVICE_MEMORY -> Cuda.cuMemFree_v2(handle.address());
        };
    }

    @Override
    public String toString() {
        return kind + " at 0x" + Long.toHexString(handle.address());
    }
}
