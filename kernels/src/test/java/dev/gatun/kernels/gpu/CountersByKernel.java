package dev.gatun.kernels.gpu;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher;
import java.util.Map;
import java.util.TreeMap;

/** What each kernel asked of memory. */
final class CountersByKernel extends Watcher {
    private final TreeMap<String, Counters> counters = new TreeMap<>();
    private Counters launched = new Counters();

    /** What was counted since the last call, by the name of the kernel. */
    Map<String, Counters> take() {
        Map<String, Counters> taken = new TreeMap<>(counters);
        counters.clear();
        return taken;
    }

    @Override
    public void launchStarts(Launch launch) {
        launched = counters.computeIfAbsent(launch.entryName(), name -> new Counters());
    }

    @Override
    public void access(
            Warp warp, Step step, StateSpace space, Access access, int mask, long[] addresses, int byteCount) {
        launched.access(warp, step, space, access, mask, addresses, byteCount);
    }
}
