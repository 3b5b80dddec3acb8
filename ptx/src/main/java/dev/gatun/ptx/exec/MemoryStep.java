package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.verify.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A load, store or atomic: resolves addresses, checks alignment and bounds, and leaves the transfer to its kind. */
abstract class MemoryStep extends Step {
    final Address address;
    final int byteCount; // of one lane
    private final Watcher.Access access;
    private final long[] ramp; // where lanes side by side lie; a table, since long products do not vectorise
    private final int alignment;
    private int site; // number among the memory steps of the program

    MemoryStep(Address address, int byteCount, Watcher.Access access) {
        this.address = address;
        this.byteCount = byteCount;
        this.alignment = Math.min(byteCount, 16);
        this.ramp = new long[Warp.LANES];
        Arrays.setAll(ramp, n -> (long) n * byteCount);
        this.access = access;
    }

    void site(int number) {
        site = number;
    }

    @Override
    final void run(Warp warp, int mask) {
        if (mask == -1 && warp.block.watcher == null && runWhole(warp)) {
            return;
        }
        before(warp, mask);
        long[] at = address.resolve(warp);
        if (address.space() != StateSpace.GENERIC) {
            reach(warp, mask, at, address.space());
        } else {
            int rest = mask;
            while (rest != 0) {
                StateSpace space = Windows.space(at[Integer.numberOfTrailingZeros(rest)]);
                int same = Address.sameSpace(at, rest, space);
                reach(warp, same, at, space);
                rest &= ~same;
            }
        }
        after(warp, mask);
    }

    /** Does all there is to do for a whole warp that nobody watches; false leaves it to the general way. */
    boolean runWhole(Warp warp) {
        return false;
    }

    /** The allocation that this step hit last in the block. */
    final GlobalMemory.Allocation lastAllocation(Warp warp) {
        return warp.block.lastAllocations[site];
    }

    /** Whether whole elements of all lanes lie in an allocation, for addresses relative to {@code start}. */
    final boolean fits(long[] at, long start, GlobalMemory.Allocation allocation) {
        return !allocation.isFreed() && fits(at, start, allocation.byteSize() - byteCount, alignment);
    }

    final boolean isContiguous(long[] at) {
        return isContiguous(at, ramp);
    }

    void before(Warp warp, int mask) {}

    void after(Warp warp, int mask) {}

    private void reach(Warp warp, int mask, long[] at, StateSpace space) {
        Block block = warp.block;
        if (space == StateSpace.SHARED && block.cluster().isMapped()) {
            reachCluster(warp, mask, at);
            return;
        }
        if (block.watcher != null) {
            block.watcher.access(warp, this, space, access, mask, at, byteCount);
        }
        if (mask == -1 && space == StateSpace.GLOBAL) {
            if (isContiguous(at, ramp) ? wholeWarp(warp, at[0]) : scattered(warp, at)) {
                return;
            }
        }
        Address.checkAligned(warp, this, at, mask, alignment);
        switch (space) {
            case GLOBAL -> global(warp, mask, at);
            case SHARED -> bytes(warp, mask, at, block.shared, 0, block.shared.length, space);
            case LOCAL ->
                bytes(warp, mask, at, warp.local, warp.program.localBytes(), warp.program.localBytes(), space);
            case CONST -> bytes(warp, mask, at, warp.program.constants(), 0, warp.program.constants().length, space);
            case PARAM -> bytes(warp, mask, at, block.launch.parameters(), 0, block.launch.parameters().length, space);
            default -> throw new AssertionError(space);
        }
    }

    /** Shared memory of one's own and of other blocks of the cluster, block by block. */
    private void reachCluster(Warp warp, int mask, long[] at) {
        int rest = mask;
        while (rest != 0) {
            int first = Integer.numberOfTrailingZeros(rest);
            Block owner = warp.block.cluster().owner(warp, this, first, at[first]);
            int same = 0;
            for (int n = first; n < Warp.LANES; n++) {
                if ((rest >>> n & 1) != 0 && at[n] >= 0 && Cluster.rank(at[n], warp.block.rank()) == owner.rank()) {
                    same |= 1 << n;
                    at[n] = Cluster.offset(at[n]);
                }
            }
            rest &= ~same;
            if (owner != warp.block) {
                requireClusterAccess(warp, first, owner);
            }
            Watcher watcher = warp.block.watcher;
            if (watcher != null && owner == warp.block) {
                watcher.access(warp, this, StateSpace.SHARED, access, same, at, byteCount);
            } else if (watcher != null) {
                watcher.remoteAccess(warp, this, owner, access, same, at, byteCount);
            }
            Address.checkAligned(warp, this, at, same, alignment);
            bytes(warp, same, at, owner.shared, 0, owner.shared.length, StateSpace.SHARED);
        }
    }

    private void requireClusterAccess(Warp warp, int lane, Block owner) {
        Operation operation = operation();
        String space = operation == null ? "" : operation.word("S");
        if (space.equals("shared") || space.equals("shared::cta")) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    this,
                    1 << lane,
                    verb() + " shared memory of rank " + owner.rank() + " of the cluster by ." + space
                            + ", which is one's own (write .shared::cluster),");
        }
    }

    private static boolean isContiguous(long[] at, long[] ramp) {
        long first = at[0];
        long wrong = (at[Warp.LANES - 1] - first - ramp[Warp.LANES - 1]) | (at[1] - first - ramp[1]);
        if (wrong != 0) { // most that is not says so at once
            return false;
        }
        for (int n = 0; n < Warp.LANES; n++) {
            wrong |= at[n] - first - ramp[n];
        }
        return wrong == 0;
    }

    /** A whole warp within the allocation that was hit last, aligned; false leaves it to the general way. */
    private boolean scattered(Warp warp, long[] at) {
        GlobalMemory.Allocation allocation = warp.block.lastAllocations[site];
        if (allocation.isFreed() || !fits(at, allocation.address(), allocation.byteSize() - byteCount, alignment)) {
            return false;
        }
        transfer(warp, -1, at, allocation.segment(), allocation.address());
        return true;
    }

    /** Whether all addresses lie between {@code base} and {@code last} beyond it and are multiples of a power of two. */
    private static boolean fits(long[] at, long base, long last, int alignment) {
        long outside = 0;
        long low = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            long offset = at[n] - base;
            outside |= offset | (last - offset); // a sign bit is set if the offset is outside [0, last]
            low |= offset; // allocations begin at multiples of more than any alignment
        }
        return outside >= 0 && (low & (alignment - 1)) == 0;
    }

    /** Moves what 32 lanes side by side want in one piece; false leaves it to the general way, faults included. */
    private boolean wholeWarp(Warp warp, long first) {
        GlobalMemory.Allocation allocation = warp.block.lastAllocations[site];
        long count = (long) byteCount * Warp.LANES;
        if ((first & (alignment - 1)) != 0) {
            return false;
        }
        if (allocation.isFreed() || !allocation.contains(first, count)) {
            GlobalMemory.Allocation found = warp.block.memory.find(first, count);
            if (found == null) {
                return false;
            }
            allocation = found;
            warp.block.lastAllocations[site] = found;
        }
        return transferWhole(warp, allocation.segment(), first - allocation.address());
    }

    /** Moves the data of a whole warp whose lanes lie side by side from {@code offset}; false if there is no such way. */
    boolean transferWhole(Warp warp, MemorySegment segment, long offset) {
        return false;
    }

    /** Almost always all lanes lie in one allocation, the one that was hit last. */
    private void global(Warp warp, int mask, long[] at) {
        Block block = warp.block;
        GlobalMemory.Allocation allocation = block.lastAllocations[site];
        int rest = mask;
        while (rest != 0) {
            int inside = inside(at, rest, allocation.address(), allocation.byteSize() - byteCount);
            if (inside == 0 || allocation.isFreed()) {
                allocation = find(warp, at, Integer.numberOfTrailingZeros(rest));
                block.lastAllocations[site] = allocation;
                continue;
            }
            transfer(warp, inside, at, allocation.segment(), allocation.address());
            rest &= ~inside;
        }
    }

    private static int inside(long[] at, int mask, long base, long last) {
        if (mask == -1) {
            long wrong = 0;
            for (int n = 0; n < Warp.LANES; n++) {
                long offset = at[n] - base;
                wrong |= offset | (last - offset); // a sign bit is set if the offset is outside [0, last]
            }
            if (wrong >= 0) {
                return -1;
            }
        }
        int inside = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            long offset = at[n] - base;
            inside |= offset >= 0 && offset <= last ? 1 << n : 0;
        }
        return inside & mask;
    }

    private GlobalMemory.Allocation find(Warp warp, long[] at, int lane) {
        GlobalMemory memory = warp.block.memory;
        GlobalMemory.Allocation allocation = memory.find(at[lane], byteCount);
        if (allocation == null) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    this,
                    1 << lane,
                    verb() + " " + byteCount + " bytes of global memory at " + memory.describe(at[lane]) + ",");
        }
        return allocation;
    }

    private void bytes(Warp warp, int mask, long[] at, byte[] memory, int laneStride, int size, StateSpace space) {
        int inside = inside(at, mask, 0, size - byteCount);
        if (inside != mask) {
            int lane = Integer.numberOfTrailingZeros(mask & ~inside);
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    this,
                    1 << lane,
                    verb() + " " + byteCount + " bytes of " + space.word() + " memory at 0x"
                            + Long.toHexString(at[lane]) + ", outside its " + size + " bytes,");
        }
        if (laneStride != 0) {
            for (int n = 0; n < Warp.LANES; n++) {
                at[n] += (long) n * laneStride;
            }
        }
        transfer(warp, mask, at, memory);
    }

    private String verb() {
        return access == Watcher.Access.WRITE ? "writes" : access == Watcher.Access.ATOMIC ? "updates" : "reads";
    }

    /** Moves the data of lanes that all lie in one segment, whose first byte is at {@code base}. */
    abstract void transfer(Warp warp, int mask, long[] at, MemorySegment segment, long base);

    /** Moves the data of lanes in an array; the addresses are offsets in it and known to be inside. */
    abstract void transfer(Warp warp, int mask, long[] at, byte[] memory);
}
