package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;

/** {@code mapa}: where a shared variable of one's own lies in another block of the cluster. */
final class MapAddress extends Step {
    private final Bank bank; // of address and result, LONG or INT
    private final boolean generic;
    private final int destination;
    private final int address;
    private final int rank; // int slot

    MapAddress(Bank bank, boolean generic, int destination, int address, int rank) {
        this.bank = bank;
        this.generic = generic;
        this.destination = destination;
        this.address = address;
        this.rank = rank;
    }

    @Override
    void run(Warp warp, int mask) {
        Cluster cluster = warp.block.cluster();
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) == 0) {
                continue;
            }
            int wanted = warp.i[rank][n];
            if (wanted < 0 || wanted >= cluster.blockCount()) {
                throw warp.fault(
                        PtxFault.Kind.UNDEFINED,
                        this,
                        1 << n,
                        "maps an address to rank " + wanted + " of a cluster of " + cluster.blockCount() + " blocks,");
            }
            long at = bank == Bank.LONG ? warp.l[address][n] : warp.i[address][n] & 0xFFFF_FFFFL;
            if (generic && Windows.space(at) != StateSpace.SHARED) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        this,
                        1 << n,
                        "maps 0x" + Long.toHexString(at) + ", which is no generic address of shared memory,");
            }
            long base = generic ? Windows.SHARED : 0;
            long mapped = cluster.map(at - base, wanted) + base;
            if (bank == Bank.LONG) {
                warp.l[destination][n] = mapped;
            } else {
                warp.i[destination][n] = (int) mapped;
            }
        }
    }
}
