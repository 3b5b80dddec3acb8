package dev.gatun.kernels.device;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The PTX machine of {@code dev.gatun.ptx}: the very kernels that a GPU runs, on the processor. A launch returns when its grid
 * is done, so nothing is ever waited for.
 */
public final class VmDevice implements Device {
    private final PtxMachine machine = new PtxMachine();
    private final LaunchOptions options;
    private final int architecture;
    private @Nullable List<Call> recording;
    private boolean closed;

    private VmDevice(LaunchOptions options, int architecture) {
        this.options = options;
        this.architecture = architecture;
    }

    /** A machine that spreads the blocks of a grid over {@code threads}. */
    public static VmDevice open(int threads) {
        return open(LaunchOptions.DEFAULT.withWorkers(threads));
    }

    /** A machine that runs every grid as {@code options} say: in another order, or under a watcher. */
    public static VmDevice open(LaunchOptions options) {
        return open(options, 0);
    }

    /** The same in the place of a chip with instructions of its own: 90 for sm_90a. */
    public static VmDevice open(LaunchOptions options, int architecture) {
        return new VmDevice(options, architecture);
    }

    @Override
    public int architecture() {
        return architecture;
    }

    @Override
    public String name() {
        return "ptxvm";
    }

    @Override
    public String description() {
        return "ptxvm (PTX interpreted on the processor, " + options.workers()
                + (options.workers() == 1 ? " thread" : " threads") + "; slow, for checking kernels)";
    }

    // ---- memory

    @Override
    public MemorySegment allocate(Arena arena, long byteSize) {
        requireNotRecording();
        long address = machine.allocate(byteSize);
        machine.fill(address, (byte) 0, byteSize);
        return MemorySegment.ofAddress(address).reinterpret(arena, memory -> free(memory.address()));
    }

    private void free(long address) {
        if (!closed) {
            machine.free(address);
        }
    }

    @Override
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        requireNotRecording();
        machine.copyIn(target.address() + offset, source);
    }

    @Override
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        requireNotRecording();
        machine.copyOut(target, source.address() + offset);
    }

    @Override
    public void copy(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, long byteSize) {
        requireNotRecording();
        machine.copy(target.address() + targetOffset, source.address() + sourceOffset, byteSize);
    }

    @Override
    public DeviceMemory memory() {
        return new DeviceMemory(machine.memory().usedBytes(), OptionalLong.empty(), OptionalLong.empty());
    }

    // ---- code

    @Override
    public Code load(String text) {
        requireNotRecording();
        Map<String, Entry> entries = new HashMap<>();
        for (PtxEntry entry : PtxModule.parse(text).entries()) {
            entries.put(entry.name(), new Entry(this, entry));
        }
        return new Code(entries);
    }

    @Override
    public void launch(Entry entry, Grid grid, ParamBlock parameters) {
        entry.requireOn(this);
        parameters.requireFor(entry);
        Call call = new Call(
                entry.declaration(),
                new Dim3(grid.x(), grid.y(), grid.z()),
                Dim3.of(grid.threads()),
                grid.sharedByteSize(),
                parameters.packed());
        if (recording == null) {
            run(call);
        } else {
            recording.add(call.withOwnParameters());
        }
    }

    private void run(Call call) {
        machine.launch(call.entry(), call.grid(), call.block(), call.sharedByteSize(), call.parameters(), options);
    }

    @Override
    public void synchronize() {
        requireNotRecording();
    }

    @Override
    public Recording record(Runnable launches) {
        requireNotRecording();
        List<Call> calls = new ArrayList<>();
        recording = calls;
        try {
            launches.run();
        } finally {
            recording = null;
        }
        return new CallList(this, List.copyOf(calls));
    }

    @Override
    public void replay(Recording recorded) {
        if (!(recorded instanceof CallList list) || !list.device().equals(this)) {
            throw new IllegalArgumentException("not a recording of this device");
        }
        requireNotRecording();
        list.calls().forEach(this::run);
    }

    private void requireNotRecording() {
        if (recording != null) {
            throw new IllegalStateException("launches are being recorded: only launches may be asked for");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            machine.close();
        }
    }

    private record Call(PtxEntry entry, Dim3 grid, Dim3 block, int sharedByteSize, MemorySegment parameters) {
        /** The launcher refills its block; a recording keeps what it held. */
        Call withOwnParameters() {
            MemorySegment copy = MemorySegment.ofArray(parameters.toArray(ValueLayout.JAVA_BYTE));
            return new Call(entry, grid, block, sharedByteSize, copy);
        }
    }

    private record CallList(VmDevice device, List<Call> calls) implements Recording {
        @Override
        public int launches() {
            return calls.size();
        }
    }
}
