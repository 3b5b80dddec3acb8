package dev.gatun.cuda;

import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A queue of launches and copies, done in order beside the host. Nothing here allocates, and nothing waits but
 * {@link #synchronize}.
 *
 * <p>Places in device memory are a segment and an offset in bytes. Host memory lies off the heap; a copy of pinned memory
 * happens at some time before the stream was synchronised, so the memory must stay as it is until then.
 */
public final class CudaStream {
    private final CudaContext context;
    private final Owned stream;

    private CudaStream(CudaContext context, Owned stream) {
        this.context = context;
        this.stream = stream;
    }

    /** A stream that does not wait for the default stream; lives as long as {@code arena}. */
    public static CudaStream open(Arena arena, CudaContext context) {
        context.makeCurrent();
        int result = Cuda.cuStreamCreate(context.block().out(), Cuda.CU_STREAM_NON_BLOCKING());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuStreamCreate", result, "flags=CU_STREAM_NON_BLOCKING");
        }
        MemorySegment handle = MemorySegment.ofAddress(context.block().outLong());
        Owned stream = context.own(Owned.Kind.STREAM, handle, 0);
        CudaContext.tie(arena, stream);
        return new CudaStream(context, stream);
    }

    CudaContext context() {
        return context;
    }

    /**
     * The driver's handle, for other libraries that launch into this stream.
     *
     * @throws IllegalStateException if the stream's arena is closed
     */
    public MemorySegment handle() {
        if (!stream.isLive()) {
            throw new IllegalStateException("the stream was destroyed with its arena");
        }
        return stream.handle();
    }

    // ---- copies

    /** Copies all of {@code source} to {@code target} from {@code offset} on. */
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        long address = address(target, offset);
        requireNative(source);
        context.makeCurrent();
        int result = Cuda.cuMemcpyHtoDAsync_v2(address, source, source.byteSize(), handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuMemcpyHtoDAsync", result, copied(address, source.byteSize()));
        }
    }

    /** Fills all of {@code target} from {@code source} from {@code offset} on. */
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        long address = address(source, offset);
        requireNative(target);
        context.makeCurrent();
        int result = Cuda.cuMemcpyDtoHAsync_v2(target, address, target.byteSize(), handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuMemcpyDtoHAsync", result, copied(address, target.byteSize()));
        }
    }

    /** Copies {@code byteSize} bytes on the device. */
    public void copy(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, long byteSize) {
        long from = address(source, sourceOffset);
        long to = address(target, targetOffset);
        context.makeCurrent();
        int result = Cuda.cuMemcpyDtoDAsync_v2(to, from, byteSize, handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuMemcpyDtoDAsync", result, copied(to, byteSize));
        }
    }

    /** Sets {@code byteSize} bytes of {@code target} from {@code offset} on to {@code value}. */
    public void fill(MemorySegment target, long offset, long byteSize, byte value) {
        long address = address(target, offset);
        context.makeCurrent();
        int result = Cuda.cuMemsetD8Async(address, value, byteSize, handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuMemsetD8Async", result, copied(address, byteSize));
        }
    }

    private static String copied(long address, long byteSize) {
        return "device=0x" + Long.toHexString(address) + ", byteSize=" + byteSize;
    }

    private static long address(MemorySegment memory, long offset) {
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("the device memory was freed with its arena");
        }
        return memory.address() + offset;
    }

    private static void requireNative(MemorySegment host) {
        if (!host.isNative()) {
            throw new IllegalArgumentException("the driver copies no heap memory: " + host);
        }
    }

    // ---- order

    /** Waits until everything in the stream is done. */
    public void synchronize() {
        context.makeCurrent();
        int result = Cuda.cuStreamSynchronize(handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuStreamSynchronize", result, "");
        }
    }

    /** Whether everything in the stream is done. */
    public boolean isIdle() {
        context.makeCurrent();
        int result = Cuda.cuStreamQuery(handle());
        if (result != Cuda.CUDA_SUCCESS() && result != Cuda.CUDA_ERROR_NOT_READY()) {
            throw context.failure("cuStreamQuery", result, "");
        }
        return result == Cuda.CUDA_SUCCESS();
    }

    /** Lets what comes wait for {@code event}. */
    public void await(CudaEvent event) {
        context.makeCurrent();
        int result = Cuda.cuStreamWaitEvent(handle(), event.handle(), 0);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuStreamWaitEvent", result, "");
        }
    }

    // ---- capture

    /**
     * From now on launches and copies are noted and not done, until {@link #endCapture}. Calls that would wait, allocate or
     * free on this thread fail and spoil the capture; other threads are not concerned.
     */
    public void beginCapture() {
        context.makeCurrent();
        int result = Cuda.cuStreamBeginCapture_v2(handle(), Cuda.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuStreamBeginCapture", result, "mode=CU_STREAM_CAPTURE_MODE_THREAD_LOCAL");
        }
    }

    /**
     * What was noted, as a graph that lives as long as {@code arena}.
     *
     * @throws CudaException if the capture was spoiled; it has ended all the same
     */
    public CudaGraph endCapture(Arena arena) {
        context.makeCurrent();
        int result = Cuda.cuStreamEndCapture(handle(), context.block().out());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuStreamEndCapture", result, "");
        }
        MemorySegment made = MemorySegment.ofAddress(context.block().outLong());
        Owned graph = context.own(Owned.Kind.GRAPH, made, 0);
        CudaContext.tie(arena, graph);
        return new CudaGraph(context, graph);
    }

    /** Whether {@link #beginCapture} has had no {@link #endCapture}, though the capture may be spoiled. */
    public boolean isCapturing() {
        context.makeCurrent();
        int result = Cuda.cuStreamIsCapturing(handle(), context.block().out());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuStreamIsCapturing", result, "");
        }
        return context.block().outInt() != Cuda.CU_STREAM_CAPTURE_STATUS_NONE();
    }
}
