package dev.gatun.cli.ptx;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaEvent;
import dev.gatun.cuda.CudaFunction;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.cuda.CudaModule;
import dev.gatun.cuda.CudaStream;
import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.verify.PtxEntry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** One launch of an entry on a GPU: its memory, its code and the time that its events say. */
public final class GpuLaunch implements LaunchMemory, AutoCloseable {
    private static final int UNASKED_SHARED_BYTES = 48 * 1024;

    private final CudaContext context;
    private final Arena arena = Arena.ofShared();
    private final CudaStream stream;
    private final CudaFunction function;
    private final Map<Long, MemorySegment> allocated = new HashMap<>();

    private GpuLaunch(CudaContext context, String text, PtxEntry entry) {
        this.context = context;
        try {
            this.stream = CudaStream.open(arena, context);
            this.function = CudaModule.load(arena, context, text).function(entry.name());
        } catch (RuntimeException | Error e) {
            arena.close();
            context.close();
            throw e;
        }
    }

    /**
     * Has the driver of {@code gpu} compile {@code text}.
     *
     * @throws dev.gatun.cuda.CudaException if it does not, with its words
     */
    public static GpuLaunch open(CudaGpu gpu, String text, PtxEntry entry) {
        return new GpuLaunch(CudaContext.open(gpu), text, entry);
    }

    @Override
    public long allocate(long byteSize) {
        MemorySegment memory = context.allocate(arena, byteSize);
        allocated.put(memory.address(), memory);
        return memory.address();
    }

    @Override
    public void copyIn(long address, MemorySegment host) {
        stream.copyIn(host, memory(address), 0);
        stream.synchronize();
    }

    @Override
    public void copyOut(MemorySegment host, long address) {
        stream.copyOut(memory(address), 0, host);
        stream.synchronize();
    }

    private MemorySegment memory(long address) {
        MemorySegment memory = allocated.get(address);
        if (memory == null) {
            throw new IllegalArgumentException("no memory at 0x" + Long.toHexString(address));
        }
        return memory;
    }

    /** Launches and waits; what it took and what the driver made of the text. */
    public GpuRunReport run(PtxEntry entry, Dim3 grid, Dim3 block, int sharedBytes, MemorySegment parameters) {
        if (sharedBytes > UNASKED_SHARED_BYTES - function.staticSharedByteSize()) {
            function.allowDynamicShared(sharedBytes);
        }
        MemorySegment packed = arena.allocate(parameters.byteSize(), 16).copyFrom(parameters);
        CudaEvent begin = CudaEvent.timed(arena, context);
        CudaEvent end = CudaEvent.timed(arena, context);
        begin.record(stream);
        function.launch(stream, grid.x(), grid.y(), grid.z(), block.x(), block.y(), block.z(), sharedBytes, packed);
        end.record(stream);
        end.synchronize();
        return new GpuRunReport(
                entry.name(),
                context.gpu(),
                1e3 * end.millisecondsSince(begin),
                function.registers(),
                function.localByteSize(),
                function.staticSharedByteSize(),
                function.blocksPerMultiprocessor((int) block.count(), sharedBytes));
    }

    @Override
    public void close() {
        try {
            arena.close();
        } finally {
            context.close();
        }
    }
}
