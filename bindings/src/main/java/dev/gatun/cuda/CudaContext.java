package dev.gatun.cuda;

import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A GPU's primary context, in which memory, code, streams and graphs live, and which other libraries of the process share.
 *
 * <p>The driver knows one current context a thread; every call through this class and what it made sees to it that this one
 * is current. After a sticky error (see {@link CudaException#isSticky}) it is dead: calls fail at once, with that same error.
 */
public final class CudaContext implements AutoCloseable {
    /** The context that this class last made current on the thread. */
    private static final ThreadLocal<@Nullable CudaContext> CURRENT = new ThreadLocal<>();

    private final Arena arena = Arena.ofShared();
    private final CudaGpu gpu;
    private final MemorySegment handle;
    private final CallBlock block;
    private final Set<Owned> owned = ConcurrentHashMap.newKeySet();
    private final AtomicLong deviceBytes = new AtomicLong();
    private final AtomicLong peakBytes = new AtomicLong();
    private final Object releasing = new Object();
    private volatile @Nullable CudaException death;
    private @Nullable CudaException releaseFailure;
    private volatile boolean closed;

    private CudaContext(CudaGpu gpu) {
        this.gpu = gpu;
        this.block = new CallBlock(arena);
        int result = Cuda.cuDevicePrimaryCtxRetain(block.out(), gpu.handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            arena.close();
            throw CudaException.ofDriver("cuDevicePrimaryCtxRetain", result, "device=" + gpu.ordinal());
        }
        this.handle = MemorySegment.ofAddress(block.outLong());
    }

    /**
     * Retains the primary context of {@code gpu}.
     *
     * @throws CudaException if the GPU does not take one: another process has it alone, or its memory is full
     */
    public static CudaContext open(CudaGpu gpu) {
        CudaContext context = new CudaContext(gpu);
        try {
            context.makeCurrent();
        } catch (CudaException e) {
            context.closeAfter(e);
            throw e;
        }
        return context;
    }

    public CudaGpu gpu() {
        return gpu;
    }

    // ---- current

    /**
     * Makes this the context of the calling thread.
     *
     * @throws IllegalStateException if it is closed
     * @throws CudaException if it is dead: what killed it
     */
    public void makeCurrent() {
        if (closed) {
            throw new IllegalStateException("the CUDA context is closed");
        }
        CudaException since = death;
        if (since != null) {
            throw since.again();
        }
        int result = setCurrent();
        if (result != Cuda.CUDA_SUCCESS()) {
            throw failure("cuCtxSetCurrent", result, "");
        }
    }

    /** A virtual thread moves between the driver's threads, so what was current on it says nothing. */
    private int setCurrent() {
        if (CURRENT.get() == this && !Thread.currentThread().isVirtual()) {
            return Cuda.CUDA_SUCCESS();
        }
        int result = Cuda.cuCtxSetCurrent(handle);
        if (result == Cuda.CUDA_SUCCESS()) {
            CURRENT.set(this);
        }
        return result;
    }

    /** Waits for all streams. */
    public void synchronize() {
        makeCurrent();
        int result = Cuda.cuCtxSynchronize();
        if (result != Cuda.CUDA_SUCCESS()) {
            throw failure("cuCtxSynchronize", result, "");
        }
    }

    // ---- memory

    /**
     * Device memory of unspecified contents, at a multiple of at least 256 bytes, that lives as long as {@code arena}: a
     * segment of no length at the device address.
     *
     * @throws CudaException {@link CudaException#isOutOfMemory} with what is free and what there is
     */
    public MemorySegment allocate(Arena arena, long byteSize) {
        requirePositive(byteSize);
        makeCurrent();
        int result = Cuda.cuMemAlloc_v2(block.out(), byteSize);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw failure("cuMemAlloc", result, "byteSize=" + byteSize, room(result));
        }
        MemorySegment memory = MemorySegment.ofAddress(block.outLong());
        return tie(arena, own(Owned.Kind.DEVICE_MEMORY, memory, byteSize));
    }

    /** Page-locked host memory, which copies reach without the driver's staging. Lives as long as {@code arena}. */
    public MemorySegment allocatePinned(Arena arena, long byteSize) {
        requirePositive(byteSize);
        makeCurrent();
        int result = Cuda.cuMemHostAlloc(block.out(), byteSize, 0);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw failure("cuMemHostAlloc", result, "byteSize=" + byteSize);
        }
        MemorySegment memory = MemorySegment.ofAddress(block.outLong());
        return tie(arena, own(Owned.Kind.PINNED_MEMORY, memory, byteSize)).reinterpret(byteSize);
    }

    /** Bytes of device memory that this context allocated and has not given back. */
    public long allocatedBytes() {
        return deviceBytes.get();
    }

    /** The most that {@link #allocatedBytes} ever was. */
    public long peakBytes() {
        return peakBytes.get();
    }

    /** Bytes of device memory that nobody has: what an allocation may hope for. */
    public long freeBytes() {
        makeCurrent();
        int result = Cuda.cuMemGetInfo_v2(block.out(), block.secondOut());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw failure("cuMemGetInfo", result, "");
        }
        return block.outLong();
    }

    private String room(int result) {
        if (result != Cuda.CUDA_ERROR_OUT_OF_MEMORY()
                || Cuda.cuMemGetInfo_v2(block.out(), block.secondOut()) != Cuda.CUDA_SUCCESS()) {
            return "";
        }
        return "; " + block.outLong() / 1_000_000 + " of " + gpu.totalBytes() / 1_000_000 + " MB are free on " + gpu;
    }

    private static void requirePositive(long byteSize) {
        if (byteSize < 1) {
            throw new IllegalArgumentException("byteSize=" + byteSize);
        }
    }

    // ---- what lives in it

    /** The block for the out-parameters of one call at a time. */
    CallBlock block() {
        return block;
    }

    /** Notes a thing that the driver made. */
    Owned own(Owned.Kind kind, MemorySegment made, long byteSize) {
        Owned thing = new Owned(this, kind, made, byteSize);
        owned.add(thing);
        if (kind == Owned.Kind.DEVICE_MEMORY) {
            peakBytes.accumulateAndGet(deviceBytes.addAndGet(byteSize), Math::max);
        }
        return thing;
    }

    /** Ties {@code thing} to {@code arena}; if that is closed already, releases it. */
    static MemorySegment tie(Arena arena, Owned thing) {
        try {
            return thing.handle().reinterpret(arena, ignored -> thing.release());
        } catch (RuntimeException | Error e) {
            thing.release();
            throw e;
        }
    }

    /** What a failed call throws; a sticky error is this context's death. */
    CudaException failure(String function, int code, String values) {
        return failure(function, code, values, "");
    }

    CudaException failure(String function, int code, String values, String more) {
        CudaException failure = CudaException.ofDriver(function, code, values, more);
        if (failure.isSticky() && death == null) {
            death = failure;
        }
        return failure;
    }

    void release(Owned thing) {
        synchronized (releasing) {
            if (!thing.claim()) {
                return;
            }
            owned.remove(thing);
            if (thing.kind() == Owned.Kind.DEVICE_MEMORY) {
                deviceBytes.addAndGet(-thing.byteSize());
            }
            int current = setCurrent();
            if (current != Cuda.CUDA_SUCCESS()) {
                note("cuCtxSetCurrent", current, thing.toString());
            }
            int result = thing.call();
            if (result != Cuda.CUDA_SUCCESS()) {
                note(thing.kind().release, result, thing.toString());
            }
        }
    }

    /** Keeps the first failure of a release for {@link #close}: cleanups have nobody to tell. */
    private void note(String function, int code, String values) {
        boolean wasDead = death != null;
        CudaException failure = failure(function, code, values);
        if (releaseFailure == null && !wasDead) {
            releaseFailure = failure;
        }
    }

    /**
     * Gives back everything that was made in the context, then the context. A second call does nothing.
     *
     * @throws CudaException if the driver refused to take something back; all else was given back
     */
    @Override
    public void close() {
        CudaException failure;
        synchronized (releasing) {
            if (closed) {
                return;
            }
            if (death == null && setCurrent() == Cuda.CUDA_SUCCESS()) {
                int idle = Cuda.cuCtxSynchronize(); // nothing is taken from under a launch
                if (idle != Cuda.CUDA_SUCCESS()) {
                    note("cuCtxSynchronize", idle, "");
                }
            }
            List<Owned> left =
                    owned.stream().sorted(Comparator.comparing(Owned::kind)).toList();
            left.forEach(this::release);
            closed = true;
            CURRENT.remove();
            int result = Cuda.cuDevicePrimaryCtxRelease_v2(gpu.handle());
            if (result != Cuda.CUDA_SUCCESS()) {
                note("cuDevicePrimaryCtxRelease", result, "device=" + gpu.ordinal());
            }
            failure = releaseFailure;
        }
        arena.close();
        if (failure != null) {
            throw failure;
        }
    }

    private void closeAfter(CudaException cause) {
        try {
            close();
        } catch (CudaException e) {
            cause.addSuppressed(e);
        }
    }
}
