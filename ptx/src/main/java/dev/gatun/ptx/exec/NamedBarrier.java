package dev.gatun.ptx.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One of a block's sixteen barriers: who has arrived, and who waits. Warps count whole, as the hardware counts them. */
final class NamedBarrier {
    private record Waiter(Warp warp, Group group, BarrierStep step) {}

    private final int[] arrived; // lanes, by warp
    private final List<Waiter> waiters = new ArrayList<>();
    private int expectedThreads; // 0 means every thread of the block
    private int population;
    private boolean all = true;
    private boolean any;

    NamedBarrier(int warps) {
        this.arrived = new int[warps];
    }

    void reset() {
        Arrays.fill(arrived, 0);
        waiters.clear();
        clearReduction();
        expectedThreads = 0;
    }

    private void clearReduction() {
        population = 0;
        all = true;
        any = false;
    }

    boolean isIdle() {
        for (int lanes : arrived) {
            if (lanes != 0) {
                return false;
            }
        }
        return true;
    }

    int expectedThreads() {
        return expectedThreads;
    }

    void expect(int threads) {
        expectedThreads = threads;
    }

    void arrive(Warp warp, int lanes) {
        arrived[warp.index] |= lanes;
    }

    void contribute(int lanes, int values) {
        population += Integer.bitCount(lanes & values);
        all &= (lanes & ~values) == 0;
        any |= (lanes & values) != 0;
    }

    void await(Warp warp, Group group, BarrierStep step) {
        waiters.add(new Waiter(warp, group, step));
    }

    /** Whether the expected threads have come; lanes that have exited are not waited for. */
    boolean isComplete(Warp[] warps) {
        int whole = 0;
        int needed = 0;
        for (Warp warp : warps) {
            boolean came = arrived[warp.index] != 0 && (warp.live & ~arrived[warp.index]) == 0;
            whole += came ? Warp.LANES : 0;
            needed += warp.live != 0 || arrived[warp.index] != 0 ? Warp.LANES : 0;
        }
        return whole > 0 && whole >= (expectedThreads == 0 ? needed : expectedThreads);
    }

    /** Lets the waiters go on, giving each the result of the reduction. */
    void release() {
        for (Waiter waiter : waiters) {
            waiter.group().state = Group.State.READY;
            waiter.step().deliver(waiter.warp(), waiter.group().mask, population, all, any);
        }
        reset();
    }

    String describe(Warp[] warps) {
        StringBuilder missing = new StringBuilder();
        for (Warp warp : warps) {
            if ((warp.live & ~arrived[warp.index]) != 0) {
                missing.append(missing.isEmpty() ? "" : ", ").append(warp.index);
            }
        }
        return (expectedThreads == 0 ? "all threads" : expectedThreads + " threads") + "; warps missing: " + missing;
    }
}
