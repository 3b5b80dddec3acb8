package dev.gatun.bench;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher;

/** Passes what counters want to see on to those of the kernel that runs. */
final class Redirect extends Watcher {
    private Counters target = new Counters();

    void to(Counters counters) {
        target = counters;
    }

    @Override
    public void launchStarts(Launch launch) {
        target.launchStarts(launch);
    }

    @Override
    public void step(Warp warp, Step step, int mask) {
        target.step(warp, step, mask);
    }

    @Override
    public void access(
            Warp warp, Step step, StateSpace space, Access access, int mask, long[] addresses, int byteCount) {
        target.access(warp, step, space, access, mask, addresses, byteCount);
    }

    @Override
    public void barrierArrives(Warp warp, Step step, int number, int mask, boolean waits) {
        target.barrierArrives(warp, step, number, mask, waits);
    }
}
