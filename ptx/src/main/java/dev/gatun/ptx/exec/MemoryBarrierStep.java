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
        long[] at = sharedAddresses(warp, this, address, mask, !reachesCluster());
        boolean waits = op == Op.WAIT_TOKEN || op == Op.WAIT_PARITY;
        if (waits) {
            for (Warp other : warp.block.warps) {
                if (!other.copies.isEmpty()) {
                    other.copies.completeArrivals(other);
                }
            }
        }
        int passed = 0;
        if (!waits) {
            warp.block.cluster().noteProgress();
        }
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                passed |= apply(warp, n, at[n]) ? 1 << n : 0;
            }
        }
        if (waits) {
            warp.p[destination] = (warp.p[destination] & ~mask) | passed;
            if (passed != 0) {
                warp.block.cluster().noteProgress();
            }
            if (passed != mask) {
                warp.stalled = true;
                warp.endSlice(); // nothing changes until others have had their turn
            }
        }
    }

    private boolean reachesCluster() {
        return op != Op.INIT && op != Op.INVALIDATE && op != Op.WAIT_TOKEN && op != Op.WAIT_PARITY;
    }

    private boolean apply(Warp warp, int lane, long where) {
        Block owner = warp.block.cluster().owner(warp, this, lane, where);
        int at = (int) Cluster.offset(where);
        Watcher watcher = warp.block.watcher;
        int value = operand < 0 || op == Op.WAIT_TOKEN ? 1 : warp.i[operand][lane];
        if (op == Op.INIT) {
            if (value < 1 || value >= 1 << 20) {
                throw warp.fault(
                        PtxFault.Kind.UNDEFINED, this, 1 << lane, "initialises an mbarrier with count " + value);
            }
            warp.block.memoryBarriers.put(at, new MemoryBarrier(value));
            if (watcher != null) {
                watcher.memoryBarrierChanges(warp, this, at, 1 << lane);
            }
            return true;
        }
        MemoryBarrier barrier = barrier(warp, this, lane, owner, at);
        if (op == Op.INVALIDATE) {
            if (watcher != null) {
                watcher.memoryBarrierChanges(warp, this, at, 1 << lane);
            }
            warp.block.memoryBarriers.remove(at);
            return true;
        }
        if (op == Op.WAIT_TOKEN || op == Op.WAIT_PARITY) {
            boolean past = isPast(warp, lane, barrier);
            BulkFlights flights = warp.block.cluster().flights();
            while (!past && flights.land(owner, at, warp.block.launch.options().order())) {
                past = isPast(warp, lane, barrier);
            }
            if (past && watcher != null) {
                watcher.memoryBarrierPasses(warp, this, at, 1 << lane);
            }
            return past;
        }
        arrive(warp, lane, owner, at, barrier, value);
        return true;
    }

    private boolean isPast(Warp warp, int lane, MemoryBarrier barrier) {
        return op == Op.WAIT_TOKEN
                ? barrier.isPast(warp.l[operand][lane])
                : barrier.isPastParity(warp.i[operand][lane]);
    }

    private void arrive(Warp warp, int lane, Block owner, int at, MemoryBarrier barrier, int value) {
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
        if ((expects && !barrier.canExpect(value)) || (op == Op.COMPLETE && !barrier.canExpect(-value))) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    1 << lane,
                    (expects ? "expects " : "completes ") + (value & 0xFFFF_FFFFL)
                            + " bytes, beyond the 2^20 - 1 that an mbarrier counts, at shared+0x"
                            + Integer.toHexString(at) + " (" + barrier + ")");
        }
        if (warp.block.watcher != null && owner == warp.block) {
            warp.block.watcher.memoryBarrierArrives(warp, this, at, 1 << lane);
        } else if (warp.block.watcher != null) {
            warp.block.watcher.remoteBarrierArrives(warp, this, owner, at, 1 << lane);
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
    static long[] sharedAddresses(Warp warp, Step step, Address address, int mask, boolean isOwn) {
        long[] at = address.resolve(warp);
        if (address.space() == StateSpace.GENERIC && Address.sameSpace(at, mask, StateSpace.SHARED) != mask) {
            throw warp.fault(PtxFault.Kind.ADDRESS, step, mask, "uses an mbarrier outside shared memory");
        }
        Address.checkAligned(warp, step, at, mask, 8);
        for (int n = 0; n < Warp.LANES; n++) {
            boolean outside = at[n] < 0 || Cluster.offset(at[n]) > warp.block.shared.length - 8;
            boolean foreign = isOwn && Cluster.rank(at[n], warp.block.rank()) != warp.block.rank();
            if ((mask >>> n & 1) != 0 && (outside || foreign)) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        step,
                        1 << n,
                        "uses an mbarrier at shared+0x" + Long.toHexString(at[n])
                                + (foreign ? ", which is not one's own" : ", outside shared memory"));
            }
        }
        return at;
    }

    static MemoryBarrier barrier(Warp warp, Step step, int lane, Block owner, int at) {
        MemoryBarrier barrier = owner.memoryBarriers.get(at);
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
