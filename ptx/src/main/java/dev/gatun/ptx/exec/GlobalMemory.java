package dev.gatun.ptx.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Global memory: allocations at addresses that are no host addresses, apart from each other by red zones.
 *
 * <p>Addresses are never given out twice, so a pointer to freed memory is told from one to new memory.
 */
public final class GlobalMemory implements AutoCloseable {
    private static final long BASE = 0x7F00_0000_0000L;
    private static final long ALIGNMENT = 256;
    private static final long RED_ZONE = 4096;
    private static final byte POISON = -1; // reads as NaN in every floating format

    /**
     * A stretch of global memory.
     *
     * @param segment of no bytes once it is freed
     */
    public record Allocation(long address, long byteSize, MemorySegment segment, Arena arena, boolean isFreed) {
        boolean contains(long at, long count) {
            return at >= address && at - address <= byteSize - count;
        }
    }

    static final Allocation NONE = new Allocation(0, -1, MemorySegment.NULL, Arena.global(), true);

    private final TreeMap<Long, Allocation> allocations = new TreeMap<>();
    private long next = BASE;
    private long usedBytes;

    GlobalMemory() {}

    /** Reserves {@code byteSize} bytes, filled with 0xFF, at a multiple of 256. */
    public synchronized long allocate(long byteSize) {
        if (byteSize < 1) {
            throw new IllegalArgumentException("an allocation takes at least one byte: byteSize=" + byteSize);
        }
        Arena arena = Arena.ofShared();
        MemorySegment segment = arena.allocate(byteSize, ALIGNMENT).fill(POISON);
        long address = next;
        allocations.put(address, new Allocation(address, byteSize, segment, arena, false));
        next += (byteSize + RED_ZONE + ALIGNMENT - 1) & -ALIGNMENT;
        usedBytes += byteSize;
        return address;
    }

    /** Gives an allocation back; accesses through old pointers are faults from now on. */
    public synchronized void free(long address) {
        Allocation allocation = allocations.get(address);
        if (allocation == null || allocation.isFreed()) {
            throw new IllegalArgumentException("0x" + Long.toHexString(address)
                    + (allocation == null ? " is not the beginning of an allocation" : " was freed before"));
        }
        allocation.arena().close();
        allocations.put(
                address, new Allocation(address, allocation.byteSize(), MemorySegment.NULL, Arena.global(), true));
        usedBytes -= allocation.byteSize();
    }

    /** The allocation that holds {@code address}, or the last one before it, or null. */
    public synchronized @Nullable Allocation near(long address) {
        var entry = allocations.floorEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** The live allocation that holds {@code count} bytes from {@code address}, or null. */
    @Nullable
    Allocation find(long address, long count) {
        Allocation allocation = near(address);
        return allocation != null && !allocation.isFreed() && allocation.contains(address, count) ? allocation : null;
    }

    /** What lies at an address, for messages. */
    public String describe(long address) {
        Allocation allocation = near(address);
        String hex = "0x" + Long.toHexString(address);
        if (allocation == null) {
            return hex + ", which no allocation holds";
        }
        long offset = address - allocation.address();
        String what = "the " + (allocation.isFreed() ? "freed " : "") + "allocation of " + allocation.byteSize()
                + " bytes at 0x" + Long.toHexString(allocation.address());
        return offset < allocation.byteSize()
                ? hex + ", " + offset + " bytes into " + what
                : hex + ", " + (offset - allocation.byteSize()) + " bytes past the end of " + what;
    }

    /** The host's view of device memory. */
    MemorySegment slice(long address, long count) {
        Allocation allocation = find(address, count);
        if (allocation == null) {
            throw new IllegalArgumentException("no " + count + " bytes at " + describe(address));
        }
        return allocation.segment().asSlice(address - allocation.address(), count);
    }

    public synchronized long usedBytes() {
        return usedBytes;
    }

    @Override
    public synchronized void close() {
        for (Allocation allocation : allocations.values()) {
            if (!allocation.isFreed()) {
                allocation.arena().close();
            }
        }
        allocations.clear();
        usedBytes = 0;
    }
}
