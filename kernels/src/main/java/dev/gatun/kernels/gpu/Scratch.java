package dev.gatun.kernels.gpu;

import dev.gatun.kernels.device.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Device memory that grows with the largest shape met: at least doubled, so that it settles after few steps. What was
 * outgrown stays until this is closed, because recorded launches may point to it: together no more than the newest.
 */
final class Scratch implements AutoCloseable {
    private final Device device;
    private final Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;
    private long byteSize;

    Scratch(Device device) {
        this.device = device;
    }

    /** Memory of at least {@code needed} bytes; what it held before may be gone. */
    MemorySegment atLeast(long needed) {
        if (needed > byteSize) {
            long grown = Math.max(needed, 2 * byteSize);
            memory = device.allocate(arena, grown);
            byteSize = grown;
        }
        return memory;
    }

    @Override
    public void close() {
        arena.close();
    }
}
