package dev.gatun.ptx.exec;

/** {@code dp2a}. */
final class Dot2 extends Step {
    private final boolean signedA;
    private final boolean signedB;
    private final boolean high;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    Dot2(boolean signedA, boolean signedB, boolean high, int d, int a, int b, int c) {
        this.signedA = signedA;
        this.signedB = signedB;
        this.high = high;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int n = 0; n < Warp.LANES; n++) {
            warp.scratchInt[n] = IntMath.dot2(warp.i[a][n], warp.i[b][n], warp.i[c][n], signedA, signedB, high);
        }
        warp.blend(warp.i[d], mask);
    }
}
