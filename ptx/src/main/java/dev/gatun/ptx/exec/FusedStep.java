package dev.gatun.ptx.exec;

import java.util.Arrays;

/** Several unguarded steps in a row as one for a whole warp; for part of a warp they run one after the other. */
abstract class FusedStep extends Step {
    private final Step[] parts;

    FusedStep(Step[] code, int from, int count) {
        parts = Arrays.copyOfRange(code, from, from + count);
    }

    final int span() {
        return parts.length;
    }

    @Override
    final boolean isStraight() {
        return true;
    }

    @Override
    final void run(Warp warp, int mask) {
        if (mask == -1) {
            runWhole(warp);
            return;
        }
        for (Step part : parts) {
            part.run(warp, mask);
        }
    }

    abstract void runWhole(Warp warp);
}
