package dev.gatun.ptx.exec;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.verify.PtxEntry;
import org.jspecify.annotations.Nullable;

/** Which clusters a launch may have. */
final class ClusterRules {
    private static final int MOST_BLOCKS = 16; // on sm_90 beyond 8 only where the host asks for it

    private ClusterRules() {}

    /** The cluster of a launch: what the host wants, what the entry declares, or one block. */
    static Dim3 cluster(PtxEntry entry, Dim3 grid, @Nullable Dim3 wanted) {
        Dim3 declared = entry.clusterSize();
        if (wanted != null && declared != null && !wanted.equals(declared)) {
            throw PtxMachine.refuse(
                    entry, "cluster=" + wanted + " is not the " + declared + " that its .reqnctapercluster requires");
        }
        if (wanted == null && declared == null && entry.needsClusterSize()) {
            throw PtxMachine.refuse(entry, "it is .explicitcluster, so the launch must say the size of a cluster");
        }
        Dim3 cluster = wanted != null ? wanted : declared != null ? declared : Dim3.of(1);
        long most = Math.min(entry.mostClusterBlocks(), MOST_BLOCKS);
        if (cluster.count() > most) {
            throw PtxMachine.refuse(entry, "cluster=" + cluster + " has more than " + most + " blocks");
        }
        if (cluster.count() > 1 && !entry.hasClusters()) {
            throw PtxMachine.refuse(entry, "clusters of several blocks need .version 7.8 and .target sm_90 or newer");
        }
        if (grid.x() % cluster.x() != 0 || grid.y() % cluster.y() != 0 || grid.z() % cluster.z() != 0) {
            throw PtxMachine.refuse(entry, "grid=" + grid + " is no multiple of cluster=" + cluster);
        }
        return cluster;
    }
}
