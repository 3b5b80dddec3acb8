package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;
import java.util.List;

/** Sees what a run does; with a watcher, blocks run one after the other on one thread. */
public abstract class Watcher {
    /** How memory is touched. */
    public enum Access {
        READ,
        WRITE,
        ATOMIC,
        /** By {@code ld.global.nc}. */
        READ_ONLY,
        /** {@code cp.async} is issued: from now until it is waited for it may read and write at any time. */
        ASYNC_READ,
        ASYNC_WRITE,
        /** A write of {@code cp.async} has taken effect, because it was waited for. */
        ASYNC_COMPLETE,
        /** {@code wgmma} is issued: until it is waited for it may read at any time, through the async proxy. */
        MATRIX_READ,
        /** The same, of bytes that are fetched for another warp of the warpgroup as well and counted there. */
        MATRIX_SHARE,
        /** A {@code wgmma} has been waited for and reads no more. */
        MATRIX_DONE
    }

    /** For subclasses. */
    protected Watcher() {}

    /** One watcher that passes everything on to several. */
    public static Watcher of(Watcher... watchers) {
        return watchers.length == 1 ? watchers[0] : new WatcherChain(List.of(watchers));
    }

    /** A grid is about to run. */
    public void launchStarts(Launch launch) {}

    public void launchEnds(Launch launch) {}

    public void blockStarts(Block block) {}

    public void blockEnds(Block block) {}

    /** A step is about to execute for the lanes in {@code mask}, which may be empty. */
    public void step(Warp warp, Step step, int mask) {}

    /**
     * Lanes are about to touch memory.
     *
     * @param space     global, shared, local, const or param, never generic
     * @param addresses of each lane in {@code mask}, from the beginning of the space
     * @param byteCount of each lane
     */
    public void access(
            Warp warp, Step step, StateSpace space, Access access, int mask, long[] addresses, int byteCount) {}

    /** Lanes arrive at a barrier; {@code waits} tells {@code sync} from {@code arrive}. */
    public void barrierArrives(Warp warp, Step step, int number, int mask, boolean waits) {}

    /** A barrier is complete; its waiters go on. */
    public void barrierCompletes(Block block, int number) {}

    /** Lanes have executed a warp-wide instruction together. */
    public void warpSynchronizes(Warp warp, Step step, int mask) {}

    /**
     * Lanes have executed a shuffle together.
     *
     * @param sourceLanes from which each lane in {@code mask} wanted a value, in it or not; only valid during the call
     */
    public void shuffles(Warp warp, Step step, int mask, int[] sourceLanes) {}

    /** A lane arrives at the memory barrier at {@code address} in shared memory. */
    public void memoryBarrierArrives(Warp warp, Step step, int address, int mask) {}

    /** Lanes have seen the phase of a memory barrier complete. */
    public void memoryBarrierPasses(Warp warp, Step step, int address, int mask) {}

    /** Lanes are about to touch shared memory of another block of the cluster; otherwise as {@link #access}. */
    public void remoteAccess(
            Warp warp, Step step, Block owner, Access access, int mask, long[] addresses, int byteCount) {}

    /** A lane initialises a memory barrier, or invalidates it. */
    public void memoryBarrierChanges(Warp warp, Step step, int address, int mask) {}

    /** A lane arrives at a memory barrier of another block of the cluster. */
    public void remoteBarrierArrives(Warp warp, Step step, Block owner, int address, int mask) {}

    /** Lanes arrive at the barrier of their cluster; {@code orders} unless {@code .relaxed}. */
    public void clusterBarrierArrives(Warp warp, Step step, int mask, boolean orders) {}

    /** Lanes are about to wait at the barrier of their cluster. */
    public void clusterBarrierWaits(Warp warp, Step step, int mask) {}

    /** All threads of a cluster have arrived at its barrier or exited. */
    public void clusterBarrierCompletes(Cluster cluster) {}

    /** From now until {@link #asyncEnds} the async proxy may read or write a stretch of shared memory at any time. */
    public void asyncBegins(AsyncAccess access) {}

    /** An access of the async proxy is over, and its memory barrier or its issuer, which waited for it, knows. */
    public void asyncEnds(AsyncAccess access) {}

    /** Asynchronous copies of {@code mask} are complete for the lanes that waited for them. */
    public void copiesComplete(Warp warp, Step step, int mask) {}
}
