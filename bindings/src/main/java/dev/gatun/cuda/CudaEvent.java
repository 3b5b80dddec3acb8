package dev.gatun.cuda;

import dev.gatun.ffi.NativeLibrary;
import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A mark in a stream that can be waited for, and that remembers when it was passed. */
public final class CudaEvent {
    private final CudaContext context;
    private final Owned event;

    private CudaEvent(CudaContext context, Owned event) {
        this.context = context;
        this.event = event;
    }

    /** An event that measures time. */
    public static CudaEvent timed(Arena arena, CudaContext context) {
        return open(arena, context, Cuda.CU_EVENT_DEFAULT());
    }

    /** An event that only orders, which costs the GPU less. */
    public static CudaEvent untimed(Arena arena, CudaContext context) {
        return open(arena, context, Cuda.CU_EVENT_DISABLE_TIMING());
    }

    private static CudaEvent open(Arena arena, CudaContext context, int flags) {
        context.makeCurrent();
        int result = Cuda.cuEventCreate(context.block().out(), flags);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuEventCreate", result, "flags=" + flags);
        }
        MemorySegment handle = MemorySegment.ofAddress(context.block().outLong());
        Owned event = context.own(Owned.Kind.EVENT, handle, 0);
        CudaContext.tie(arena, event);
        return new CudaEvent(context, event);
    }

    MemorySegment handle() {
        if (!event.isLive()) {
            throw new IllegalStateException("the event was destroyed with its arena");
        }
        return event.handle();
    }

    /** Puts the mark behind everything in {@code stream}. */
    public void record(CudaStream stream) {
        context.makeCurrent();
        int result = Cuda.cuEventRecord(handle(), stream.handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuEventRecord", result, "");
        }
    }

    /** Waits until the mark was passed; returns at once if it was never put anywhere. */
    public void synchronize() {
        context.makeCurrent();
        int result = Cuda.cuEventSynchronize(handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuEventSynchronize", result, "");
        }
    }

    /** Whether the mark was passed. */
    public boolean isPassed() {
        context.makeCurrent();
        int result = Cuda.cuEventQuery(handle());
        if (result != Cuda.CUDA_SUCCESS() && result != Cuda.CUDA_ERROR_NOT_READY()) {
            throw context.failure("cuEventQuery", result, "");
        }
        return result == Cuda.CUDA_SUCCESS();
    }

    /**
     * Milliseconds from the passing of {@code begin} to that of this event; both were passed.
     *
     * @throws UnsupportedOperationException if the driver is older than CUDA 12.8
     */
    public float millisecondsSince(CudaEvent begin) {
        if (NativeLibrary.CUDA.find("cuEventElapsedTime_v2").isEmpty()) {
            throw new UnsupportedOperationException("the driver has no cuEventElapsedTime_v2: update it to CUDA 12.8");
        }
        context.makeCurrent();
        int result = Cuda.cuEventElapsedTime_v2(context.block().out(), begin.handle(), handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuEventElapsedTime", result, "");
        }
        return context.block().out().get(ValueLayout.JAVA_FLOAT, 0);
    }
}
