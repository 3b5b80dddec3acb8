package dev.gatun.bench;

import dev.gatun.kernels.device.Code;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.DeviceMemory;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import dev.gatun.kernels.device.Recording;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** The PTX machine with counters for each kernel apart. Runs recordings at once: what is counted is every launch. */
final class CountingDevice implements Device {
    private final Map<String, Counters> counters = new LinkedHashMap<>();
    private final Redirect redirect = new Redirect();
    private final VmDevice machine =
            VmDevice.open(LaunchOptions.DEFAULT.withWorkers(1).withWatcher(redirect));

    /** What was counted since the last call, by the name of the kernel's entry. */
    Map<String, Counters> take() {
        Map<String, Counters> taken = new LinkedHashMap<>(counters);
        counters.clear();
        return taken;
    }

    @Override
    public void launch(Entry entry, Grid grid, ParamBlock parameters) {
        redirect.to(counters.computeIfAbsent(entry.name(), name -> new Counters()));
        machine.launch(entry, grid, parameters);
    }

    @Override
    public String name() {
        return machine.name();
    }

    @Override
    public String description() {
        return machine.description();
    }

    @Override
    public MemorySegment allocate(Arena arena, long byteSize) {
        return machine.allocate(arena, byteSize);
    }

    @Override
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        machine.copyIn(source, target, offset);
    }

    @Override
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        machine.copyOut(source, offset, target);
    }

    @Override
    public DeviceMemory memory() {
        return machine.memory();
    }

    @Override
    public Code load(String text) {
        return machine.load(text);
    }

    @Override
    public void synchronize() {
        machine.synchronize();
    }

    @Override
    public Recording record(Runnable launches) {
        throw new UnsupportedOperationException("launches are counted as they are made");
    }

    @Override
    public void replay(Recording recording) {
        throw new UnsupportedOperationException("launches are counted as they are made");
    }

    @Override
    public void close() {
        machine.close();
    }
}
