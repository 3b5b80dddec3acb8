package dev.gatun.ptx.exec;

/** {@code bfi.b32}. */
final class BitInsert extends Step {
    private final int d;
    private final int a;
    private final int b;
    private final int position;
    private final int length;

    BitInsert(int d, int a, int b, int position, int length) {
        this.d = d;
        this.a = a;
        this.b = b;
        this.position = position;
        this.length = length;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int n = 0; n < Warp.LANES; n++) {
            warp.scratchInt[n] =
                    (int) IntMath.insert(warp.i[a][n], warp.i[b][n], warp.i[position][n], warp.i[length][n], 32);
        }
        warp.blend(warp.i[d], mask);
    }
}
