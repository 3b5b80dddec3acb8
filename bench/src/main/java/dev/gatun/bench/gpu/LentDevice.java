package dev.gatun.bench.gpu;

import dev.gatun.kernels.device.Code;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.DeviceMemory;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import dev.gatun.kernels.device.Recording;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A device that stays open when its user closes it, so that kernels are compiled once. Fresh memory is not zeroes but 0xFF
 * bytes, which are no numbers: what a kernel fails to write shows.
 */
final class LentDevice implements Device {
    private static final int PIECE_BYTES = 1 << 20;

    private final Device device;
    private final MemorySegment poison;

    LentDevice(Device device) {
        this.device = device;
        this.poison = MemorySegment.ofArray(new byte[PIECE_BYTES]).fill((byte) 0xFF);
    }

    @Override
    public MemorySegment allocate(Arena arena, long byteSize) {
        MemorySegment memory = device.allocate(arena, byteSize);
        for (long begin = 0; begin < byteSize; begin += PIECE_BYTES) {
            device.copyIn(poison.asSlice(0, Math.min(PIECE_BYTES, byteSize - begin)), memory, begin);
        }
        return memory;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public int architecture() {
        return device.architecture();
    }

    @Override
    public long peakBytes() {
        return device.peakBytes();
    }

    @Override
    public String description() {
        return device.description();
    }

    @Override
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        device.copyIn(source, target, offset);
    }

    @Override
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        device.copyOut(source, offset, target);
    }

    @Override
    public void copy(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, long byteSize) {
        device.copy(source, sourceOffset, target, targetOffset, byteSize);
    }

    @Override
    public DeviceMemory memory() {
        return device.memory();
    }

    @Override
    public Code load(String text) {
        return device.load(text);
    }

    @Override
    public void launch(Entry entry, Grid grid, ParamBlock parameters) {
        device.launch(entry, grid, parameters);
    }

    @Override
    public void synchronize() {
        device.synchronize();
    }

    @Override
    public Recording record(Runnable launches) {
        return device.record(launches);
    }

    @Override
    public void replay(Recording recording) {
        device.replay(recording);
    }

    /** Leaves the device open. */
    @Override
    public void close() {
        device.synchronize();
    }
}
