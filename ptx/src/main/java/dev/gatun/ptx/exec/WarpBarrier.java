package dev.gatun.ptx.exec;

/** {@code bar.warp.sync}. */
final class WarpBarrier extends WarpStep {
    WarpBarrier(int members) {
        super(members);
    }

    @Override
    void execute(Warp warp, int mask) {
        // Coming together is all there is to it.
    }
}
