package dev.gatun.ptx.exec;

/** The beginning of a block where parted lanes meet; put in by the machine. */
final class JoinStep extends Step {
    @Override
    void run(Warp warp, int mask) {
        if (warp.join != null) {
            warp.meet(warp.pc - 1);
        }
    }
}
