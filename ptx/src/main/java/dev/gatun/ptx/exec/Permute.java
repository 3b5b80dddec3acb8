package dev.gatun.ptx.exec;

/** {@code prmt} in one of its named modes. */
final class Permute extends Step {
    private final String mode;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    Permute(String mode, int d, int a, int b, int c) {
        this.mode = mode;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int n = 0; n < Warp.LANES; n++) {
            warp.scratchInt[n] = IntMath.permute(warp.i[a][n], warp.i[b][n], IntMath.selector(mode, warp.i[c][n]));
        }
        warp.blend(warp.i[d], mask);
    }
}
