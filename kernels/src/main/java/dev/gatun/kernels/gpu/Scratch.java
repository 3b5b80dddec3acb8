package dev.gatun.kernels.gpu;

import dev.gatun.kernels.device.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Device memory that grows with the largest shape met: at least doubled, so that it settles after few steps. */
final class Scratch implements AutoCloseable {
    private final Device device;
    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;
    private long byteSize;

    Scratch(Device device) {
        this.device = device;
    }

    /** Memory of at least {@code needed} bytes; what it held before may be gone. */
    MemorySegment atLeast(long needed) {
        if (needed > byteSize) {
            device.synchronize(); // launches under way may still use the old memory
            arena.close();
            arena = Arena.ofShared();
            byteSize = Math.max(needed, 2 * byteSize);
            memory = device.allocate(arena, byteSize);
        }
        return memory;
    }

    @Override
    public void close() {
        arena.close();
    }
}
