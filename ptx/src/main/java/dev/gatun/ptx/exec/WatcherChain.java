package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;
import java.util.List;

/** Several watchers as one. */
final class WatcherChain extends Watcher {
    private final List<Watcher> watchers;

    WatcherChain(List<Watcher> watchers) {
        this.watchers = watchers;
    }

    @Override
    public void launchStarts(Launch launch) {
        watchers.forEach(watcher -> watcher.launchStarts(launch));
    }

    @Override
    public void launchEnds(Launch launch) {
        watchers.forEach(watcher -> watcher.launchEnds(launch));
    }

    @Override
    public void blockStarts(Block block) {
        watchers.forEach(watcher -> watcher.blockStarts(block));
    }

    @Override
    public void blockEnds(Block block) {
        watchers.forEach(watcher -> watcher.blockEnds(block));
    }

    @Override
    public void step(Warp warp, Step step, int mask) {
        for (Watcher watcher : watchers) {
            watcher.step(warp, step, mask);
        }
    }

    @Override
    public void access(
            Warp warp, Step step, StateSpace space, Access access, int mask, long[] addresses, int byteCount) {
        for (Watcher watcher : watchers) {
            watcher.access(warp, step, space, access, mask, addresses, byteCount);
        }
    }

    @Override
    public void barrierArrives(Warp warp, Step step, int number, int mask, boolean waits) {
        watchers.forEach(watcher -> watcher.barrierArrives(warp, step, number, mask, waits));
    }

    @Override
    public void barrierCompletes(Block block, int number) {
        watchers.forEach(watcher -> watcher.barrierCompletes(block, number));
    }

    @Override
    public void warpSynchronizes(Warp warp, Step step, int mask) {
        watchers.forEach(watcher -> watcher.warpSynchronizes(warp, step, mask));
    }

    @Override
    public void shuffles(Warp warp, Step step, int mask, int[] sourceLanes) {
        watchers.forEach(watcher -> watcher.shuffles(warp, step, mask, sourceLanes));
    }

    @Override
    public void memoryBarrierArrives(Warp warp, Step step, int address, int mask) {
        watchers.forEach(watcher -> watcher.memoryBarrierArrives(warp, step, address, mask));
    }

    @Override
    public void memoryBarrierPasses(Warp warp, Step step, int address, int mask) {
        watchers.forEach(watcher -> watcher.memoryBarrierPasses(warp, step, address, mask));
    }

    @Override
    public void remoteAccess(
            Warp warp, Step step, Block owner, Access access, int mask, long[] addresses, int byteCount) {
        watchers.forEach(watcher -> watcher.remoteAccess(warp, step, owner, access, mask, addresses, byteCount));
    }

    @Override
    public void memoryBarrierChanges(Warp warp, Step step, int address, int mask) {
        watchers.forEach(watcher -> watcher.memoryBarrierChanges(warp, step, address, mask));
    }

    @Override
    public void remoteBarrierArrives(Warp warp, Step step, Block owner, int address, int mask) {
        watchers.forEach(watcher -> watcher.remoteBarrierArrives(warp, step, owner, address, mask));
    }

    @Override
    public void clusterBarrierArrives(Warp warp, Step step, int mask, boolean orders) {
        watchers.forEach(watcher -> watcher.clusterBarrierArrives(warp, step, mask, orders));
    }

    @Override
    public void clusterBarrierWaits(Warp warp, Step step, int mask) {
        watchers.forEach(watcher -> watcher.clusterBarrierWaits(warp, step, mask));
    }

    @Override
    public void clusterBarrierCompletes(Cluster cluster) {
        watchers.forEach(watcher -> watcher.clusterBarrierCompletes(cluster));
    }

    @Override
    public void asyncBegins(AsyncAccess access) {
        watchers.forEach(watcher -> watcher.asyncBegins(access));
    }

    @Override
    public void asyncEnds(AsyncAccess access) {
        watchers.forEach(watcher -> watcher.asyncEnds(access));
    }

    @Override
    public void copiesComplete(Warp warp, Step step, int mask) {
        watchers.forEach(watcher -> watcher.copiesComplete(warp, step, mask));
    }
}
