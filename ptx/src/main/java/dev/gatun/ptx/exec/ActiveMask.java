package dev.gatun.ptx.exec;

/** {@code activemask}. */
final class ActiveMask extends Step {
    private final int destination;

    ActiveMask(int destination) {
        this.destination = destination;
    }

    @Override
    void run(Warp warp, int mask) {
        java.util.Arrays.fill(warp.scratchInt, mask);
        warp.blend(warp.i[destination], mask);
    }
}
