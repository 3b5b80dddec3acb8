package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A stretch of global memory as an end of a bulk copy. */
record GlobalPiece(Warp warp, int lane, Step step, long at, int byteCount) implements BulkData {
    /** The allocation that holds all of it; a fault if none does. */
    GlobalMemory.Allocation allocation() {
        GlobalMemory memory = warp.block.memory;
        GlobalMemory.Allocation found = memory.find(at, byteCount);
        if (found == null) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    step,
                    1 << lane,
                    "moves " + byteCount + " bytes of global memory at " + memory.describe(at) + ",");
        }
        return found;
    }

    @Override
    public byte[] read() {
        byte[] data = new byte[byteCount];
        read(data, 0);
        return data;
    }

    void read(byte[] into, int offset) {
        GlobalMemory.Allocation found = allocation();
        MemorySegment.copy(found.segment(), ValueLayout.JAVA_BYTE, at - found.address(), into, offset, byteCount);
    }

    @Override
    public void write(byte[] data, @Nullable Reduction reduction) {
        write(data, 0, reduction);
    }

    void write(byte[] data, int offset, @Nullable Reduction reduction) {
        GlobalMemory.Allocation found = allocation();
        long start = at - found.address();
        if (reduction == null) {
            MemorySegment.copy(data, offset, found.segment(), ValueLayout.JAVA_BYTE, start, byteCount);
        } else {
            reduction.join(found.segment(), start, data, offset, byteCount);
        }
    }
}
