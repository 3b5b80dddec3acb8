package dev.gatun.ptx.exec;

/** {@code cp.async.mbarrier.arrive}: arrives at a memory barrier once the lane's earlier copies are done. */
final class CopyArrival extends Step {
    private final Address address;
    private final boolean counted; // .noinc: the arrival is among those the barrier counts already

    CopyArrival(Address address, boolean counted) {
        this.address = address;
        this.counted = counted;
    }

    @Override
    void run(Warp warp, int mask) {
        AsyncCopies.Entry entry = new AsyncCopies.Entry(this, mask, 0, this);
        long[] at = MemoryBarrierStep.sharedAddresses(warp, this, address, mask, true);
        for (int n = 0; n < Warp.LANES; n++) {
            entry.to[n] = (int) Cluster.offset(at[n]);
            if ((mask >>> n & 1) != 0 && !counted) {
                MemoryBarrierStep.barrier(warp, this, n, warp.block, entry.to[n])
                        .addPending();
            }
        }
        if (warp.block.launch.options().lateCopies()) {
            warp.copies.add(entry);
        } else {
            arrive(warp, entry, mask);
        }
    }

    void arrive(Warp warp, AsyncCopies.Entry entry, int lanes) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((lanes >>> n & 1) != 0) {
                if (warp.block.watcher != null) {
                    warp.block.watcher.copiesComplete(warp, this, 1 << n);
                    warp.block.watcher.memoryBarrierArrives(warp, this, entry.to[n], 1 << n);
                }
                MemoryBarrierStep.barrier(warp, this, n, warp.block, entry.to[n])
                        .arrive(1);
            }
        }
    }
}
