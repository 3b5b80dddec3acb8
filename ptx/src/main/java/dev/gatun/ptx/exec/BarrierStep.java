package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;

/** {@code bar} and {@code barrier}: sync, arrive and red. */
final class BarrierStep extends Step {
    enum Op {
        SYNC,
        ARRIVE,
        POPC,
        AND,
        OR
    }

    private final Op op;
    private final int number; // int slot
    private final int threads; // int slot, -1 for all threads of the block
    private final int destination; // int slot of popc, predicate slot of and/or
    private final int value; // predicate slot of a reduction

    BarrierStep(Op op, int number, int threads, int destination, int value) {
        this.op = op;
        this.number = number;
        this.threads = threads;
        this.destination = destination;
        this.value = value;
    }

    /** Whether threads wait at it, as they do not at {@code arrive}. */
    boolean waits() {
        return op != Op.ARRIVE;
    }

    @Override
    void run(Warp warp, int mask) {
        int lane = Integer.numberOfTrailingZeros(mask);
        int which = warp.i[number][lane];
        if (which < 0 || which > 15) {
            throw warp.fault(PtxFault.Kind.UNDEFINED, this, mask, "uses barrier " + which + "; a block has 0 to 15,");
        }
        int expected = threads < 0 ? 0 : warp.i[threads][lane];
        if (threads >= 0 && (expected <= 0 || expected % Warp.LANES != 0)) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    mask,
                    "gives a barrier the thread count " + expected + ", no positive multiple of 32,");
        }
        Block block = warp.block;
        NamedBarrier barrier = block.barrier(which);
        if (!barrier.isIdle() && barrier.expectedThreads() != expected) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    mask,
                    "expects " + expected + " threads at barrier " + which + " where others expect "
                            + barrier.expectedThreads() + " (0 is all)");
        }
        barrier.expect(expected);
        if (block.watcher != null) {
            block.watcher.barrierArrives(warp, this, which, mask, waits());
        }
        if (op == Op.POPC || op == Op.AND || op == Op.OR) {
            barrier.contribute(mask, warp.p[value]);
        }
        barrier.arrive(warp, mask);
        if (waits()) {
            Group waiting = warp.split(mask, Group.State.AT_BARRIER);
            waiting.barrier = which;
            barrier.await(warp, waiting, this);
        }
        if (barrier.isComplete(block.warps())) {
            block.complete(which);
        }
        if (waits()) {
            warp.leaveIfEmpty();
        }
    }

    /** Stores the result of a reduction for lanes that waited. */
    void deliver(Warp warp, int lanes, int population, boolean all, boolean any) {
        switch (op) {
            case POPC -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    if ((lanes >>> n & 1) != 0) {
                        warp.i[destination][n] = population;
                    }
                }
            }
            case AND -> warp.p[destination] = (warp.p[destination] & ~lanes) | (all ? lanes : 0);
            case OR -> warp.p[destination] = (warp.p[destination] & ~lanes) | (any ? lanes : 0);
            default -> {}
        }
    }
}
