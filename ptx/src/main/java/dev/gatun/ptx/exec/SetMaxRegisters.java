package dev.gatun.ptx.exec;

/** {@code setmaxnreg}: registers here are never short, so it only has to come to all four warps alike. */
final class SetMaxRegisters extends Step {
    @Override
    void run(Warp warp, int mask) {
        Warpgroup.enter(warp, this, mask, 0, 0, false);
    }
}
