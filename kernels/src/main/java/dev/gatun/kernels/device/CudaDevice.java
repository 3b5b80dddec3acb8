package dev.gatun.kernels.device;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.cuda.CudaGraph;
import dev.gatun.cuda.CudaModule;
import dev.gatun.cuda.CudaStream;
import dev.gatun.cuda.GpuAttribute;
import dev.gatun.kernels.device.CudaRecordings.CudaRecording;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * An NVIDIA GPU: PTX text compiled by its driver, launches and copies in one stream, recordings as CUDA graphs. A launch, a
 * replay and a copy allocate nothing; only copies to the host wait.
 *
 * <p>Failures of the driver are {@link CudaException}s. After one that is sticky the device is dead and must be closed.
 */
public final class CudaDevice implements Device {
    /** The oldest GPUs that the kernels are written for: compute capability 8.0. */
    public static final int OLDEST_COMPUTE_CAPABILITY = 80;

    private static final String WAIT_FOR_GRIDS = "griddepcontrol.wait";

    private final Arena arena = Arena.ofShared(); // stream, staging, modules
    private final CudaContext context;
    private final CudaStream stream;
    private final PinnedStaging staging;
    private final CudaRecordings recordings = new CudaRecordings();
    private final Map<String, CudaModule> modules = new HashMap<>();
    private boolean recording;
    private int recorded;
    private boolean closed;

    private CudaDevice(CudaContext context) {
        this.context = context;
        try {
            this.stream = CudaStream.open(arena, context);
            this.staging = new PinnedStaging(arena, context, stream);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Opens {@code gpu}.
     *
     * @throws UnsupportedOperationException if it is older than the kernels
     * @throws CudaException if the driver does not let us
     */
    public static CudaDevice open(CudaGpu gpu) {
        if (gpu.computeCapability() < OLDEST_COMPUTE_CAPABILITY) {
            throw new UnsupportedOperationException(
                    gpu + " has compute capability " + gpu.computeCapabilityText() + "; the kernels need 8.0 or newer");
        }
        CudaContext context = CudaContext.open(gpu);
        try {
            return new CudaDevice(context);
        } catch (RuntimeException | Error e) {
            try {
                context.close();
            } catch (CudaException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        CudaGpu gpu = context.gpu();
        return "cuda (" + gpu.name() + ", compute capability " + gpu.computeCapabilityText() + ", "
                + gpu.attribute(GpuAttribute.MULTIPROCESSORS) + " multiprocessors)";
    }

    /** The context that everything here lives in, for who measures: events, other libraries. */
    public CudaContext context() {
        return context;
    }

    /** The stream that launches and copies go to, for who measures. */
    public CudaStream stream() {
        return stream;
    }

    @Override
    public int architecture() {
        return context.gpu().computeCapability();
    }

    // ---- memory

    @Override
    public MemorySegment allocate(Arena arena, long byteSize) {
        requireNotRecording();
        MemorySegment memory = context.allocate(arena, byteSize);
        stream.fill(memory, 0, byteSize, (byte) 0);
        return memory;
    }

    @Override
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        requireNotRecording();
        staging.copyIn(source, target, offset);
    }

    @Override
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        requireNotRecording();
        staging.copyOut(source, offset, target);
    }

    @Override
    public void copy(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, long byteSize) {
        requireNotRecording();
        stream.copy(source, sourceOffset, target, targetOffset, byteSize);
    }

    @Override
    public DeviceMemory memory() {
        return new DeviceMemory(
                context.allocatedBytes(),
                OptionalLong.of(context.freeBytes()),
                OptionalLong.of(context.gpu().totalBytes()));
    }

    @Override
    public long peakBytes() {
        return context.peakBytes();
    }

    // ---- code

    /** Text that was loaded before is not compiled again. */
    @Override
    public Code load(String text) {
        requireNotRecording();
        PtxModule declarations = PtxModule.parse(text);
        CudaModule module = modules.get(text);
        if (module == null) {
            module = CudaModule.load(arena, context, text);
            modules.put(text, module);
        }
        boolean waitsForGrids = text.contains(WAIT_FOR_GRIDS);
        Map<String, Entry> entries = new HashMap<>();
        for (PtxEntry entry : declarations.entries()) {
            entries.put(entry.name(), new CudaEntry(this, entry, module.function(entry.name()), waitsForGrids));
        }
        return new Code(entries);
    }

    @Override
    public void launch(Entry entry, Grid grid, ParamBlock parameters) {
        entry.requireOn(this);
        parameters.requireFor(entry);
        ((CudaEntry) entry).launch(stream, grid, parameters.packed());
        recorded++;
    }

    @Override
    public void synchronize() {
        requireNotRecording();
        staging.synchronize();
    }

    @Override
    public Recording record(Runnable launches) {
        requireNotRecording();
        stream.beginCapture();
        recording = true;
        recorded = 0;
        try (Arena call = Arena.ofConfined()) {
            launches.run();
            CudaGraph graph = stream.endCapture(call);
            return recordings.add(this, graph, recorded);
        } catch (RuntimeException | Error e) {
            abandonCapture(e);
            throw e;
        } finally {
            recording = false;
        }
    }

    /** Leaves the stream as it was before, whatever state the failure left the capture in. */
    private void abandonCapture(Throwable failure) {
        try (Arena call = Arena.ofConfined()) {
            if (stream.isCapturing()) {
                stream.endCapture(call);
            }
        } catch (CudaException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void replay(Recording recorded) {
        if (!(recorded instanceof CudaRecording own) || !own.device().equals(this)) {
            throw new IllegalArgumentException("not a recording of this device");
        }
        requireNotRecording();
        own.graph().launch(stream);
    }

    private void requireNotRecording() {
        if (recording) {
            throw new IllegalStateException("launches are being recorded: only launches may be asked for");
        }
    }

    /**
     * Gives everything back, memory whose arena is still open as well.
     *
     * @throws CudaException if the driver refused to take something back; all else was given back
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            context.close();
        } finally {
            recordings.close();
            arena.close();
        }
    }
}
