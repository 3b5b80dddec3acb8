package dev.gatun.kernels.device;

import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A device that reads texts and checks launches against them, and computes nothing. */
public final class TextDevice implements Device {
    private static final long ALIGNMENT = 256;

    private final List<String> launched = new ArrayList<>();
    private final List<String> copies = new ArrayList<>();
    private long next = 0x7000_0000_0000L;
    private int allocations;
    private int recordings;
    private int replays;

    private final int architecture;

    /** A device with nothing on it. */
    public TextDevice() {
        this(0);
    }

    /** The same, of a chip with instructions of its own. */
    public TextDevice(int architecture) {
        this.architecture = architecture;
    }

    @Override
    public int architecture() {
        return architecture;
    }

    /** The entries launched, in order. */
    public List<String> launched() {
        return launched;
    }

    /** How often memory was asked for. */
    public int allocations() {
        return allocations;
    }

    /** How often launches were recorded. */
    public int recordings() {
        return recordings;
    }

    /** How often recordings were run. */
    public int replays() {
        return replays;
    }

    /** What was copied in, as {@code bytes at offset}. */
    public List<String> copies() {
        return copies;
    }

    @Override
    public String name() {
        return "text";
    }

    @Override
    public String description() {
        return "text (no arithmetic)";
    }

    @Override
    public MemorySegment allocate(Arena arena, long byteSize) {
        allocations++;
        long address = next;
        next += Math.ceilDiv(byteSize, ALIGNMENT) * ALIGNMENT;
        return MemorySegment.ofAddress(address);
    }

    @Override
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        copies.add(source.byteSize() + " at " + offset);
    }

    @Override
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        target.fill((byte) 0);
    }

    @Override
    public DeviceMemory memory() {
        return new DeviceMemory(0, OptionalLong.empty(), OptionalLong.empty());
    }

    @Override
    public Code load(String text) {
        Map<String, Entry> entries = new HashMap<>();
        for (PtxEntry entry : PtxModule.parse(text).entries()) {
            entries.put(entry.name(), new Entry(this, entry));
        }
        return new Code(entries);
    }

    @Override
    public void launch(Entry entry, Grid grid, ParamBlock parameters) {
        entry.requireOn(this);
        if (grid.threads() > entry.maxThreads()) {
            throw new IllegalStateException(entry + ": threads=" + grid.threads() + ", declared " + entry.maxThreads());
        }
        parameters.requireFor(entry);
        if (parameters.packed().byteSize() != entry.parameterByteSize()) {
            throw new IllegalStateException(entry + ": a block of another size");
        }
        launched.add(entry.name());
    }

    @Override
    public void synchronize() {}

    @Override
    public Recording record(Runnable launches) {
        recordings++;
        int begin = launched.size();
        launches.run();
        List<String> noted = launched.subList(begin, launched.size());
        Names names = new Names(List.copyOf(noted));
        noted.clear();
        return names;
    }

    @Override
    public void replay(Recording recording) {
        replays++;
        launched.addAll(((Names) recording).entries());
    }

    private record Names(List<String> entries) implements Recording {
        @Override
        public int launches() {
            return entries.size();
        }
    }

    @Override
    public void close() {}
}
