package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;

/** {@code isspacep}. */
final class IsSpace extends Step {
    private final StateSpace space;
    private final boolean ofCluster; // any block's shared memory, not only one's own
    private final int p;
    private final int a;

    IsSpace(StateSpace space, boolean ofCluster, int p, int a) {
        this.space = space;
        this.ofCluster = ofCluster;
        this.p = p;
        this.a = a;
    }

    @Override
    void run(Warp warp, int mask) {
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            long at = warp.l[a][n];
            boolean inside = Windows.space(at) == space;
            if (inside && space == StateSpace.SHARED && !ofCluster) {
                inside = Cluster.rank(at - Windows.SHARED, warp.block.rank()) == warp.block.rank();
            }
            bits |= inside ? 1 << n : 0;
        }
        warp.p[p] = (warp.p[p] & ~mask) | (bits & mask);
    }
}
