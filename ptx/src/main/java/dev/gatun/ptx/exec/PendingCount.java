package dev.gatun.ptx.exec;

/** {@code mbarrier.pending_count}: the arrivals that were pending when a token was taken. */
final class PendingCount extends Step {
    private final int destination;
    private final int token;

    PendingCount(int destination, int token) {
        this.destination = destination;
        this.token = token;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                warp.i[destination][n] = MemoryBarrier.pendingCount(warp.l[token][n]);
            }
        }
    }
}
