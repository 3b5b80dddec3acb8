package dev.gatun.bench;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counters for each kernel apart. */
public final class KernelCounters extends Watcher {
    private final Map<String, Counters> byKernel = new LinkedHashMap<>();
    private Counters target = new Counters();

    /** What was counted since the last call, by the name of the kernel's entry. */
    public Map<String, Counters> take() {
        Map<String, Counters> taken = new LinkedHashMap<>(byKernel);
        byKernel.clear();
        return taken;
    }

    @Override
    public void launchStarts(Launch launch) {
        target = byKernel.computeIfAbsent(launch.entryName(), name -> new Counters());
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
