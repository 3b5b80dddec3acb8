package dev.gatun.ptx.exec;

/** {@code movmatrix}: transposes an 8x8 matrix of 16-bit elements held as a fragment. */
final class MoveMatrix extends Step {
    private final int destination;
    private final int source;

    MoveMatrix(int destination, int source) {
        this.destination = destination;
        this.source = source;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] from = warp.i[source];
        int[] out = warp.scratchInt;
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = element(from, 2 * (n & 3), n >> 2) | element(from, 2 * (n & 3) + 1, n >> 2) << 16;
        }
        warp.blend(warp.i[destination], mask);
    }

    private static int element(int[] fragment, int row, int column) {
        return fragment[4 * row + (column >> 1)] >>> (16 * (column & 1)) & 0xFFFF;
    }
}
