package dev.gatun.ptx.exec;

/** {@code barrier.cluster}: arrive and wait. */
final class ClusterBarrierStep extends Step {
    private final boolean waits;
    private final boolean orders; // not .relaxed

    ClusterBarrierStep(boolean waits, boolean orders) {
        this.waits = waits;
        this.orders = orders;
    }

    @Override
    void run(Warp warp, int mask) {
        ClusterBarrier barrier = warp.block.cluster().barrier();
        Watcher watcher = warp.block.watcher;
        if (!waits) {
            if (watcher != null) {
                watcher.clusterBarrierArrives(warp, this, mask, orders);
            }
            barrier.arrive(warp, this, mask);
            return;
        }
        if (watcher != null) {
            watcher.clusterBarrierWaits(warp, this, mask);
        }
        if (!barrier.passes(warp, this, mask)) {
            barrier.await(warp.split(mask, Group.State.AT_CLUSTER_BARRIER));
            warp.leaveIfEmpty();
        }
    }
}
