package dev.gatun.kernels.gpu;

import dev.gatun.kernels.device.Code;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.DeviceMemory;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import dev.gatun.kernels.device.Recording;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.exec.LaunchOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The PTX machine with another text for one kernel. Fresh memory is not zeroes but 0xFF bytes, which are no numbers, so that
 * what a kernel failed to write shows.
 */
final class SubstituteDevice implements Device {
    private final Device machine;
    private final String entryLine;
    private final String substitute;

    SubstituteDevice(LaunchOptions options, String kernel, String substitute) {
        this.machine = VmDevice.open(options, architecture(kernel));
        this.entryLine = ".entry " + kernel + "(";
        this.substitute = substitute;
    }

    /** Of a chip that runs a kernel. */
    static int architecture(String kernel) {
        return kernel.contains("_sm90a_") ? 90 : 0;
    }

    @Override
    public int architecture() {
        return machine.architecture();
    }

    @Override
    public Code load(String text) {
        return machine.load(text.contains(entryLine) ? substitute : text);
    }

    @Override
    public MemorySegment allocate(Arena arena, long byteSize) {
        MemorySegment memory = machine.allocate(arena, byteSize);
        byte[] poison = new byte[Math.toIntExact(byteSize)];
        Arrays.fill(poison, (byte) 0xFF);
        machine.copyIn(MemorySegment.ofArray(poison), memory, 0);
        return memory;
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
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        machine.copyIn(source, target, offset);
    }

    @Override
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        machine.copyOut(source, offset, target);
    }

    @Override
    public void copy(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, long byteSize) {
        machine.copy(source, sourceOffset, target, targetOffset, byteSize);
    }

    @Override
    public DeviceMemory memory() {
        return machine.memory();
    }

    @Override
    public void launch(Entry entry, Grid grid, ParamBlock parameters) {
        machine.launch(entry, grid, parameters);
    }

    @Override
    public void synchronize() {
        machine.synchronize();
    }

    @Override
    public Recording record(Runnable launches) {
        return machine.record(launches);
    }

    @Override
    public void replay(Recording recording) {
        machine.replay(recording);
    }

    @Override
    public void close() {
        machine.close();
    }
}
