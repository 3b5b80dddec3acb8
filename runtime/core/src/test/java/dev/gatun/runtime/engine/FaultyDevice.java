package dev.gatun.runtime.engine;

import dev.gatun.cuda.CudaException;
import dev.gatun.kernels.device.Code;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.DeviceMemory;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import dev.gatun.kernels.device.Recording;
import dev.gatun.kernels.device.VmDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The PTX machine, which computes, with a driver's way to fail: a call of it does nothing and throws. */
final class FaultyDevice implements Device {
    static final String MESSAGE = "cuAnything() failed: CUDA_ERROR_INVALID_VALUE (1), invalid argument.";

    private final Device machine = VmDevice.open(1);
    private long calls;
    private long failing;

    /** Lets the {@code k}-th call from now on fail; 0 for none. To be called between requests. */
    void fail(long k) {
        failing = k == 0 ? 0 : calls + k;
    }

    private void call() {
        calls++;
        if (calls == failing) {
            throw CudaException.of("cuAnything", 1, "", "CUDA_ERROR_INVALID_VALUE", "invalid argument", "");
        }
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
        call();
        return machine.allocate(arena, byteSize);
    }

    @Override
    public void copyIn(MemorySegment source, MemorySegment target, long offset) {
        call();
        machine.copyIn(source, target, offset);
    }

    @Override
    public void copyOut(MemorySegment source, long offset, MemorySegment target) {
        call();
        machine.copyOut(source, offset, target);
    }

    @Override
    public DeviceMemory memory() {
        return machine.memory();
    }

    @Override
    public Code load(String text) {
        call();
        return machine.load(text);
    }

    @Override
    public void launch(Entry entry, Grid grid, ParamBlock parameters) {
        call();
        machine.launch(entry, grid, parameters);
    }

    @Override
    public void synchronize() {
        call();
        machine.synchronize();
    }

    @Override
    public Recording record(Runnable launches) {
        call();
        return machine.record(launches);
    }

    @Override
    public void replay(Recording recording) {
        call();
        machine.replay(recording);
    }

    @Override
    public void close() {
        machine.close();
    }
}
