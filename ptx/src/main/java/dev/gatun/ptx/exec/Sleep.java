package dev.gatun.ptx.exec;

/** {@code nanosleep}: the warp's turn is over, time does not pass. */
final class Sleep extends Step {
    @Override
    void run(Warp warp, int mask) {
        warp.block.noteSharedState();
        warp.endSlice();
    }
}
