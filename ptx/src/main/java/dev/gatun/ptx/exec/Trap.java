package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;

/** {@code trap} and {@code brkpt}. */
final class Trap extends Step {
    @Override
    void run(Warp warp, int mask) {
        throw warp.fault(PtxFault.Kind.TRAP, this, mask, "traps");
    }
}
