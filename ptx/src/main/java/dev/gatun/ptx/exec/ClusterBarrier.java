package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The barrier of a cluster: threads arrive, and later wait for all others to have arrived or exited. */
final class ClusterBarrier {
    private final Block[] blocks;
    private final int[][] arrived; // [rank][warp]: lanes, in the current phase
    private final int[][] due; // [rank][warp]: lanes that have arrived and not yet waited for it
    private final List<Group> waiters = new ArrayList<>();

    ClusterBarrier(Block[] blocks) {
        this.blocks = blocks;
        this.arrived = new int[blocks.length][blocks[0].warps.length];
        this.due = new int[blocks.length][blocks[0].warps.length];
    }

    void reset() {
        for (int rank = 0; rank < blocks.length; rank++) {
            Arrays.fill(arrived[rank], 0);
            Arrays.fill(due[rank], 0);
        }
        waiters.clear();
    }

    void arrive(Warp warp, Step step, int lanes) {
        int[] mine = due[warp.block.rank()];
        if ((mine[warp.index] & lanes) != 0) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    mine[warp.index] & lanes,
                    "arrives at the barrier of its cluster again without a barrier.cluster.wait in between,");
        }
        mine[warp.index] |= lanes;
        arrived[warp.block.rank()][warp.index] |= lanes;
        completeIfDue();
    }

    /** Whether the lanes may go on at once; otherwise they wait. */
    boolean passes(Warp warp, Step step, int lanes) {
        int[] mine = due[warp.block.rank()];
        if ((mine[warp.index] & lanes) != lanes) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    lanes & ~mine[warp.index],
                    "waits at the barrier of its cluster without having arrived,");
        }
        mine[warp.index] &= ~lanes;
        return (arrived[warp.block.rank()][warp.index] & lanes) == 0;
    }

    void await(Group group) {
        waiters.add(group);
    }

    /** Looks again after an arrival, or after lanes have exited. */
    void completeIfDue() {
        boolean any = false;
        for (int rank = 0; rank < blocks.length; rank++) {
            for (Warp warp : blocks[rank].warps) {
                int came = arrived[rank][warp.index];
                any |= came != 0;
                if ((warp.live & ~came) != 0) {
                    return;
                }
            }
        }
        if (!any) {
            return;
        }
        for (int[] lanes : arrived) {
            Arrays.fill(lanes, 0);
        }
        Watcher watcher = blocks[0].watcher;
        if (watcher != null) {
            watcher.clusterBarrierCompletes(blocks[0].cluster());
        }
        waiters.forEach(group -> group.state = Group.State.READY);
        waiters.clear();
    }

    /** Who is missing, for the report of a deadlock. */
    String describe() {
        StringBuilder missing = new StringBuilder();
        for (int rank = 0; rank < blocks.length; rank++) {
            for (Warp warp : blocks[rank].warps) {
                if ((warp.live & ~arrived[rank][warp.index]) != 0) {
                    missing.append(missing.isEmpty() ? "" : ", ")
                            .append("warp ")
                            .append(warp.index);
                    missing.append(" of rank ").append(rank);
                }
            }
        }
        return "all threads; missing: " + missing;
    }
}
