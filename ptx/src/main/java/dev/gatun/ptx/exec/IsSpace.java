package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;

/** {@code isspacep}. */
final class IsSpace extends Step {
    private final StateSpace space;
    private final int p;
    private final int a;

    IsSpace(StateSpace space, int p, int a) {
        this.space = space;
        this.p = p;
        this.a = a;
    }

    @Override
    void run(Warp warp, int mask) {
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            bits |= Windows.space(warp.l[a][n]) == space ? 1 << n : 0;
        }
        warp.p[p] = (warp.p[p] & ~mask) | (bits & mask);
    }
}
