package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;

/** The {@code mbarrier} instructions, lane by lane. */
final class MemoryBarrierStep extends Step {
    enum Op {
        INIT,
        INVALIDATE,
        ARRIVE,
        ARRIVE_DROP,
        ARRIVE_EXPECT,
        ARRIVE_DROP_EXPECT,
        EXPECT,
        COMPLETE,
        WAIT_TOKEN,
        WAIT_PARITY
    }

    private final Op op;
    private final Address address;
    private final int destination; // long slot of the token, or predicate slot of a wait; -1 for none
    private final int operand; // int slot: count, bytes or parity; long slot: token; -1 for a count of 1

    MemoryBarrierStep(Op op, Address address, int destination, int operand) {
        this.op = op;
        this.address = address;
        this.destination = destination;
        this.operand = operand;
    }

    @Override
    void run(Warp warp, int mask) {
        long[] at = sharedAddresses(warp, this, address, mask);
        boolean waits = op == Op.WAIT_TOKEN || op == Op.WAIT_PARITY;
        if (waits) {
            for (Warp other : warp.block.warps) {
                if (!other.copies.isEmpty()) {
                    other.copies.completeArrivals(other);
                }
            }
        }
        int passed = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                passed |= apply(warp, n, (int) at[n]) ? 1 << n : 0;
            }
        }
        if (waits) {
            warp.p[destination] = (warp.p[destination] & ~mask) | passed;
            if (passed != mask) {
                warp.endSlice(); // nothing changes until others have had their turn
            }
        }
    }

    private boolean apply(Warp warp, int lane, int at) {
        Watcher watcher = warp.block.watcher;
        int value = operand < 0 || op == Op.WAIT_TOKEN ? 1 : warp.i[operand][lane];
        if (op == Op.INIT) {
            if (value < 1 || value >= 1 << 20) {
                throw warp.fault(
                        PtxFault.Kind.UNDEFINED, this, 1 << lane, "initialises an mbarrier with count " + value);
            }
            warp.block.memoryBarriers.put(at, new MemoryBarrier(value));
            return true;
        }
        MemoryBarrier barrier = barrier(warp, this, lane, at);
        if (op == Op.INVALIDATE) {
            warp.block.memoryBarriers.remove(at);
            return true;
        }
        if (op == Op.WAIT_TOKEN || op == Op.WAIT_PARITY) {
            boolean past = op == Op.WAIT_TOKEN
                    ? barrier.isPast(warp.l[operand][lane])
                    : barrier.isPastParity(warp.i[operand][lane]);
            if (past && watcher != null) {
                watcher.memoryBarrierPasses(warp, this, at, 1 << lane);
            }
            return past;
        }
        arrive(warp, lane, at, barrier, value);
        return true;
    }

    private void arrive(Warp warp, int lane, int at, MemoryBarrier barrier, int value) {
        boolean expects = op == Op.ARRIVE_EXPECT || op == Op.ARRIVE_DROP_EXPECT || op == Op.EXPECT;
        int count = expects ? 1 : value;
        if (op != Op.EXPECT && op != Op.COMPLETE && !barrier.canArrive(count)) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    1 << lane,
                    "arrives " + count + " times at the mbarrier at shared+0x" + Integer.toHexString(at) + " ("
                            + barrier + ")");
        }
        if (warp.block.watcher != null) {
            warp.block.watcher.memoryBarrierArrives(warp, this, at, 1 << lane);
        }
        if (destination >= 0) {
            warp.l[destination][lane] = barrier.token();
        }
        if (expects) {
            barrier.expectTransaction(value);
        }
        switch (op) {
            case ARRIVE, ARRIVE_EXPECT -> barrier.arrive(count);
            case ARRIVE_DROP, ARRIVE_DROP_EXPECT -> barrier.drop(count);
            case COMPLETE -> barrier.completeTransaction(value);
            default -> {}
        }
    }

    /** The addresses in shared memory; generic ones are translated. */
    static long[] sharedAddresses(Warp warp, Step step, Address address, int mask) {
        long[] at = address.resolve(warp);
        if (address.space() == StateSpace.GENERIC && Address.sameSpace(at, mask, StateSpace.SHARED) != mask) {
            throw warp.fault(PtxFault.Kind.ADDRESS, step, mask, "uses an mbarrier outside shared memory");
        }
        Address.checkAligned(warp, step, at, mask, 8);
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0 && (at[n] < 0 || at[n] > warp.block.shared.length - 8)) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        step,
                        1 << n,
                        "uses an mbarrier at shared+0x" + Long.toHexString(at[n]) + ", outside shared memory");
            }
        }
        return at;
    }

    static MemoryBarrier barrier(Warp warp, Step step, int lane, int at) {
        MemoryBarrier barrier = warp.block.memoryBarriers.get(at);
        if (barrier == null) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    1 << lane,
                    "uses shared+0x" + Integer.toHexString(at) + ", where no mbarrier was initialised");
        }
        return barrier;
    }
}
