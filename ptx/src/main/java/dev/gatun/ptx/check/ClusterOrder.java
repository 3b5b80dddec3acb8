package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.AsyncAccess;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Cluster;
import dev.gatun.ptx.exec.Warp;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What happens before what in a cluster: a vector clock for each of its warps and one for the async proxy (after FastTrack,
 * Flanagan and Freund, 2009).
 *
 * <p>Beside what a warp has seen stands what it has seen that a {@code fence.proxy.async} made visible to the async proxy.
 * Within a warp, an epoch that every warp-wide instruction raises tells accesses of different lanes apart.
 */
final class ClusterOrder {
    private static final int BARRIERS = 16;

    /** Two vector clocks: all that has been seen, and what of it is fenced. */
    private static final class Clocks {
        final int[] seen;
        final int[] fenced;

        Clocks(int actors) {
            seen = new int[actors];
            fenced = new int[actors];
        }

        void join(Clocks other) {
            for (int n = 0; n < seen.length; n++) {
                seen[n] = Math.max(seen[n], other.seen[n]);
                fenced[n] = Math.max(fenced[n], other.fenced[n]);
            }
        }

        void clear() {
            Arrays.fill(seen, 0);
            Arrays.fill(fenced, 0);
        }
    }

    private final int warpsPerBlock;
    private final int actors;
    private final Clocks[] clocks; // [actor]
    private final int[] epochs;
    private final Clocks[] barriers; // [rank * 16 + number]
    private final boolean[][] barrierWaiters;
    private final Map<Long, Clocks> memoryBarriers = new HashMap<>(); // by rank and address
    private final Clocks arriving; // at the barrier of the cluster
    private final Clocks arrived; // when it completed last
    private final boolean[] hasArrived; // since then
    private final boolean[] waits;

    ClusterOrder(Cluster cluster, int warpsPerBlock) {
        this.warpsPerBlock = warpsPerBlock;
        this.actors = cluster.blockCount() * warpsPerBlock + 1;
        this.clocks = new Clocks[actors];
        for (int n = 0; n < actors; n++) {
            clocks[n] = new Clocks(actors);
            clocks[n].seen[n] = 1;
        }
        this.epochs = new int[actors];
        this.barriers = new Clocks[cluster.blockCount() * BARRIERS];
        Arrays.setAll(barriers, n -> new Clocks(actors));
        this.barrierWaiters = new boolean[barriers.length][warpsPerBlock];
        this.arriving = new Clocks(actors);
        this.arrived = new Clocks(actors);
        this.hasArrived = new boolean[actors];
        this.waits = new boolean[actors];
    }

    int actors() {
        return actors;
    }

    int actor(Warp warp) {
        return warp.block().rank() * warpsPerBlock + warp.index();
    }

    int asyncActor() {
        return actors - 1;
    }

    int clock(int actor) {
        return clocks[actor].seen[actor];
    }

    int epoch(int actor) {
        return epochs[actor];
    }

    /** Whether {@code actor} knows that what {@code other} did at {@code clock} is done. */
    boolean isSeen(int actor, int other, int clock) {
        return clock <= clocks[actor].seen[other];
    }

    /** Whether the async proxy sees, for what {@code actor} sets off, what {@code other} did at {@code clock}. */
    boolean isFenced(int actor, int other, int clock) {
        return clock <= clocks[actor].fenced[other];
    }

    /** Whether {@code actor} knows of anything that a block did. */
    boolean knows(int actor, Block block) {
        int first = block.rank() * warpsPerBlock;
        for (int other = first; other < first + warpsPerBlock; other++) {
            if (clocks[actor].seen[other] > 0) {
                return true;
            }
        }
        return false;
    }

    private void tick(int actor) {
        clocks[actor].seen[actor]++;
        epochs[actor]++;
    }

    void barrierArrives(Warp warp, int number, boolean isWaiting) {
        int at = warp.block().rank() * BARRIERS + number;
        barriers[at].join(clocks[actor(warp)]);
        tick(actor(warp));
        barrierWaiters[at][warp.index()] |= isWaiting;
    }

    void barrierCompletes(Block block, int number) {
        int at = block.rank() * BARRIERS + number;
        for (int w = 0; w < warpsPerBlock; w++) {
            if (barrierWaiters[at][w]) {
                clocks[block.rank() * warpsPerBlock + w].join(barriers[at]);
            }
        }
        barriers[at].clear();
        Arrays.fill(barrierWaiters[at], false);
    }

    void warpSynchronizes(Warp warp) {
        epochs[actor(warp)]++;
    }

    private Clocks memoryBarrier(Block owner, int address) {
        return memoryBarriers.computeIfAbsent(
                (long) owner.rank() << Integer.SIZE | address, missing -> new Clocks(actors));
    }

    void memoryBarrierArrives(Warp warp, Block owner, int address) {
        memoryBarrier(owner, address).join(clocks[actor(warp)]);
        clocks[actor(warp)].seen[actor(warp)]++;
    }

    void memoryBarrierPasses(Warp warp, int address) {
        clocks[actor(warp)].join(memoryBarrier(warp.block(), address));
        epochs[actor(warp)]++;
    }

    void clusterBarrierArrives(Warp warp, boolean orders) {
        int actor = actor(warp);
        hasArrived[actor] = true;
        if (orders) {
            arriving.join(clocks[actor]);
            tick(actor);
        }
    }

    void clusterBarrierWaits(Warp warp) {
        int actor = actor(warp);
        if (hasArrived[actor]) {
            waits[actor] = true;
        } else {
            clocks[actor].join(arrived);
            epochs[actor]++;
        }
    }

    void clusterBarrierCompletes() {
        arrived.join(arriving);
        arriving.clear();
        Arrays.fill(hasArrived, false);
        for (int actor = 0; actor < actors; actor++) {
            if (waits[actor]) {
                clocks[actor].join(arrived);
                waits[actor] = false;
            }
        }
    }

    /** {@code fence.proxy.async}: what the warp has seen until now, the async proxy sees too. */
    void proxyFence(Warp warp) {
        int actor = actor(warp);
        Clocks own = clocks[actor];
        for (int n = 0; n < actors; n++) {
            own.fenced[n] = Math.max(own.fenced[n], own.seen[n]);
        }
        own.seen[actor]++;
    }

    /** An access of the async proxy is over: its clock, which its memory barrier or its issuer knows from now on. */
    int asyncEnds(AsyncAccess access) {
        int async = asyncActor();
        int clock = ++clocks[async].seen[async];
        Block owner = access.barrierOwner();
        Clocks told = owner == null ? clocks[actor(access.warp())] : memoryBarrier(owner, access.barrierAddress());
        told.seen[async] = clock;
        told.fenced[async] = clock;
        return clock;
    }
}
