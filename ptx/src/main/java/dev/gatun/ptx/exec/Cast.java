package dev.gatun.ptx.exec;

/** Moves bits between banks, where an instruction wants a register as another type than the one it lives as. */
final class Cast extends Step {
    enum Op {
        INT_TO_FLOAT,
        FLOAT_TO_INT,
        LONG_TO_DOUBLE,
        DOUBLE_TO_LONG,
        LONG_TO_INT,
        INT_TO_LONG_SIGNED,
        INT_TO_LONG_UNSIGNED
    }

    private final Op op;
    private final int d;
    private final int a;

    Cast(Op op, int d, int a) {
        this.op = op;
        this.d = d;
        this.a = a;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        switch (op) {
            case INT_TO_FLOAT -> {
                int[] x = warp.i[a];
                float[] out = warp.out(warp.f[d], mask);
                for (int n = 0; n < Warp.LANES; n++) {
                    out[n] = Float.intBitsToFloat(x[n]);
                }
                if (mask != -1) {
                    warp.blend(warp.f[d], mask);
                }
            }
            case FLOAT_TO_INT -> {
                float[] x = warp.f[a];
                int[] out = warp.out(warp.i[d], mask);
                for (int n = 0; n < Warp.LANES; n++) {
                    out[n] = Float.floatToRawIntBits(x[n]);
                }
                if (mask != -1) {
                    warp.blend(warp.i[d], mask);
                }
            }
            case LONG_TO_DOUBLE -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    warp.scratchDouble[n] = Double.longBitsToDouble(warp.l[a][n]);
                }
                warp.blend(warp.d[d], mask);
            }
            case DOUBLE_TO_LONG -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    warp.scratchLong[n] = Double.doubleToRawLongBits(warp.d[a][n]);
                }
                warp.blend(warp.l[d], mask);
            }
            case LONG_TO_INT -> narrow(warp, mask);
            case INT_TO_LONG_SIGNED -> widen(warp, mask);
            case INT_TO_LONG_UNSIGNED -> widenUnsigned(warp, mask);
        }
    }

    private void narrow(Warp warp, int mask) {
        long[] x = warp.l[a];
        int[] out = warp.out(warp.i[d], mask);
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = (int) x[n];
        }
        if (mask != -1) {
            warp.blend(warp.i[d], mask);
        }
    }

    private void widen(Warp warp, int mask) {
        int[] x = warp.i[a];
        long[] out = warp.out(warp.l[d], mask);
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n];
        }
        if (mask != -1) {
            warp.blend(warp.l[d], mask);
        }
    }

    private void widenUnsigned(Warp warp, int mask) {
        int[] x = warp.i[a];
        long[] out = warp.out(warp.l[d], mask);
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] & 0xFFFF_FFFFL;
        }
        if (mask != -1) {
            warp.blend(warp.l[d], mask);
        }
    }
}
