package dev.gatun.ptx.exec;

import java.lang.invoke.VarHandle;

/** {@code fence} and {@code membar}; also stands for instructions without an effect on values. */
final class Fence extends Step {
    private final boolean orders;

    Fence(boolean orders) {
        this.orders = orders;
    }

    @Override
    void run(Warp warp, int mask) {
        if (orders) {
            VarHandle.fullFence();
        }
    }
}
