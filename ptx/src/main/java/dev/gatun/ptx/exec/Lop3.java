package dev.gatun.ptx.exec;

/** {@code lop3}: any function of three bits; optionally compares the result with zero and combines predicates. */
final class Lop3 extends Step {
    private final int d;
    private final int a;
    private final int b;
    private final int c;
    private final int table;
    private final int predicate; // destination, -1 for none
    private final int combined; // source predicate
    private final boolean ands;

    Lop3(int d, int a, int b, int c, int table, int predicate, int combined, boolean ands) {
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
        this.table = table;
        this.predicate = predicate;
        this.combined = combined;
        this.ands = ands;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] x = warp.i[a];
        int[] y = warp.i[b];
        int[] z = warp.i[c];
        int[] to = warp.i[d];
        int[] out = warp.out(to, mask);
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = IntMath.logic(x[n], y[n], z[n], table);
        }
        if (predicate >= 0) {
            int nonzero = 0;
            for (int n = 0; n < Warp.LANES; n++) {
                nonzero |= out[n] != 0 ? 1 << n : 0;
            }
            int other = warp.p[combined];
            int result = ands ? nonzero & other : nonzero | other;
            warp.p[predicate] = (warp.p[predicate] & ~mask) | (result & mask);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }
}
