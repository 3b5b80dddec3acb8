package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;
import java.lang.foreign.MemorySegment;

/** {@code cp.async}: global to shared memory, at once or when it is waited for. */
final class CopyAsync extends Step {
    private final Address to;
    private final Address from;
    private final int byteCount;
    private final int sourceBytes; // int slot, -1 if the whole is read

    CopyAsync(Address to, Address from, int byteCount, int sourceBytes) {
        this.to = to;
        this.from = from;
        this.byteCount = byteCount;
        this.sourceBytes = sourceBytes;
    }

    @Override
    void run(Warp warp, int mask) {
        AsyncCopies.Entry entry = new AsyncCopies.Entry(this, mask, byteCount, null);
        long[] at = to.resolve(warp);
        Address.checkAligned(warp, this, at, mask, byteCount);
        for (int n = 0; n < Warp.LANES; n++) {
            entry.to[n] = (int) at[n];
            if ((mask >>> n & 1) != 0 && (at[n] < 0 || at[n] > warp.block.shared.length - byteCount)) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        this,
                        1 << n,
                        "copies " + byteCount + " bytes to shared memory at 0x" + Long.toHexString(at[n])
                                + ", outside its " + warp.block.shared.length + " bytes,");
            }
        }
        at = from.resolve(warp);
        Address.checkAligned(warp, this, at, mask, byteCount);
        System.arraycopy(at, 0, entry.from, 0, Warp.LANES);
        for (int n = 0; n < Warp.LANES; n++) {
            int wanted = sourceBytes < 0 ? byteCount : warp.i[sourceBytes][n];
            if ((mask >>> n & 1) != 0 && (wanted < 0 || wanted > byteCount)) {
                throw warp.fault(
                        PtxFault.Kind.UNDEFINED,
                        this,
                        1 << n,
                        "reads " + wanted + " of " + byteCount + " bytes to copy");
            }
            entry.readBytes[n] = wanted;
            if ((mask >>> n & 1) != 0 && wanted > 0 && warp.block.memory.find(at[n], wanted) == null) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        this,
                        1 << n,
                        "copies " + wanted + " bytes of global memory at " + warp.block.memory.describe(at[n]) + ",");
            }
        }
        report(warp, entry, mask, Watcher.Access.ASYNC_WRITE);
        if (warp.block.launch.options().lateCopies()) {
            warp.copies.add(entry);
        } else {
            perform(warp, entry, mask);
        }
    }

    private static void report(Warp warp, AsyncCopies.Entry entry, int lanes, Watcher.Access access) {
        Watcher watcher = warp.block.watcher;
        if (watcher == null) {
            return;
        }
        if (access == Watcher.Access.ASYNC_WRITE) {
            watcher.access(
                    warp,
                    entry.step,
                    StateSpace.GLOBAL,
                    Watcher.Access.ASYNC_READ,
                    lanes,
                    entry.from.clone(),
                    entry.byteCount);
        }
        long[] target = new long[Warp.LANES];
        for (int n = 0; n < Warp.LANES; n++) {
            target[n] = entry.to[n];
        }
        watcher.access(warp, entry.step, StateSpace.SHARED, access, lanes, target, entry.byteCount);
    }

    /** Makes the copies of some lanes take effect. */
    static void perform(Warp warp, AsyncCopies.Entry entry, int lanes) {
        Block block = warp.block;
        report(warp, entry, lanes, Watcher.Access.ASYNC_COMPLETE);
        for (int n = 0; n < Warp.LANES; n++) {
            if ((lanes >>> n & 1) != 0) {
                int read = entry.readBytes[n];
                if (read > 0) {
                    GlobalMemory.Allocation source = block.memory.find(entry.from[n], read);
                    if (source == null) {
                        throw warp.fault(
                                PtxFault.Kind.ADDRESS,
                                entry.step,
                                1 << n,
                                "copies from " + block.memory.describe(entry.from[n]) + ",");
                    }
                    MemorySegment.copy(
                            source.segment(),
                            java.lang.foreign.ValueLayout.JAVA_BYTE,
                            entry.from[n] - source.address(),
                            block.shared,
                            entry.to[n],
                            read);
                }
                java.util.Arrays.fill(block.shared, entry.to[n] + read, entry.to[n] + entry.byteCount, (byte) 0);
            }
        }
    }
}
