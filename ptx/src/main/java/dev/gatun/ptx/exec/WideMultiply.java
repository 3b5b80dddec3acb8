package dev.gatun.ptx.exec;

/** {@code mul.wide} and {@code mad.wide} of 32-bit operands. */
final class WideMultiply extends Step {
    private final boolean signed;
    private final int d;
    private final int a;
    private final int b;
    private final int c; // long slot, -1 for mul

    WideMultiply(boolean signed, int d, int a, int b, int c) {
        this.signed = signed;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] x = warp.i[a];
        int[] y = warp.i[b];
        long[] to = warp.l[d];
        long[] out = warp.out(to, mask);
        if (signed) {
            multiplySigned(out, x, y, c < 0 ? null : warp.l[c]);
        } else {
            multiply(out, x, y, c < 0 ? null : warp.l[c]);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void multiplySigned(long[] out, int[] x, int[] y, long @org.jspecify.annotations.Nullable [] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = (long) x[n] * y[n] + (z == null ? 0 : z[n]);
        }
    }

    private static void multiply(long[] out, int[] x, int[] y, long @org.jspecify.annotations.Nullable [] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = (x[n] & 0xFFFF_FFFFL) * (y[n] & 0xFFFF_FFFFL) + (z == null ? 0 : z[n]);
        }
    }
}
