package dev.gatun.ptx.exec;

/** {@code getctarank}: the rank of the block in whose shared memory an address lies. */
final class ClusterRank extends Step {
    private final Bank bank; // of the address, LONG or INT
    private final boolean generic;
    private final int destination; // int slot
    private final int address;

    ClusterRank(Bank bank, boolean generic, int destination, int address) {
        this.bank = bank;
        this.generic = generic;
        this.destination = destination;
        this.address = address;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                long at = bank == Bank.LONG ? warp.l[address][n] : warp.i[address][n] & 0xFFFF_FFFFL;
                warp.i[destination][n] = Cluster.rank(generic ? at - Windows.SHARED : at, warp.block.rank());
            }
        }
    }
}
