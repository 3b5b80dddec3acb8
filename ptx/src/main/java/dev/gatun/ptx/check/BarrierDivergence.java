package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.verify.Operation;

/** Aligned barriers want every thread of the warp at the same instruction at once. */
final class BarrierDivergence {
    private static final String HINT =
            "move the barrier to where all threads of the warp pass, or use barrier.sync without .aligned";

    /** Stands for the number of the cluster's barrier. */
    static final int OF_CLUSTER = -1;

    private BarrierDivergence() {}

    static void check(Findings findings, Warp warp, Step step, int number, int mask) {
        Operation operation = step.operation();
        boolean aligned = operation != null && (operation.opcode().equals("bar") || operation.has("aligned"));
        int missing = warp.presentMask() & ~mask;
        if (!aligned || missing == 0) {
            return;
        }
        boolean exited = (missing & warp.liveMask()) == 0;
        String kind = exited ? "lanes have exited" : "lanes are elsewhere";
        if (!findings.repeat(Check.BARRIER, kind, 0, step.line())) {
            findings.add(
                    Check.BARRIER,
                    kind,
                    (number == OF_CLUSTER ? "the barrier of the cluster" : "barrier " + number)
                            + " is reached without lanes 0x" + Integer.toHexString(missing),
                    null,
                    Place.of(step, warp, Integer.numberOfTrailingZeros(mask)),
                    HINT);
        }
    }
}
