package dev.gatun.ptx.exec;

/** {@code selp} and {@code slct}: one of two registers, by a predicate or by the sign of a third. */
final class Select extends Step {
    private final Bank bank;
    private final int d;
    private final int a;
    private final int b;
    private final Bank condition; // PREDICATE, INT or FLOAT
    private final int c;

    Select(Bank bank, int d, int a, int b, Bank condition, int c) {
        this.bank = bank;
        this.d = d;
        this.a = a;
        this.b = b;
        this.condition = condition;
        this.c = c;
    }

    private int chosen(Warp warp) {
        if (condition == Bank.PREDICATE) {
            return warp.p[c];
        }
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            boolean first = condition == Bank.INT ? warp.i[c][n] >= 0 : warp.f[c][n] >= 0;
            bits |= first ? 1 << n : 0;
        }
        return bits;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        int chosen = chosen(warp);
        switch (bank) {
            case INT -> {
                int[] x = warp.i[a];
                int[] y = warp.i[b];
                int[] out = warp.out(warp.i[d], mask);
                for (int n = 0; n < Warp.LANES; n++) {
                    out[n] = (chosen >>> n & 1) != 0 ? x[n] : y[n];
                }
            }
            case FLOAT -> {
                float[] x = warp.f[a];
                float[] y = warp.f[b];
                float[] out = warp.out(warp.f[d], mask);
                for (int n = 0; n < Warp.LANES; n++) {
                    out[n] = (chosen >>> n & 1) != 0 ? x[n] : y[n];
                }
            }
            case LONG -> {
                long[] out = warp.out(warp.l[d], mask);
                for (int n = 0; n < Warp.LANES; n++) {
                    out[n] = (chosen >>> n & 1) != 0 ? warp.l[a][n] : warp.l[b][n];
                }
            }
            default -> {
                double[] out = warp.out(warp.d[d], mask);
                for (int n = 0; n < Warp.LANES; n++) {
                    out[n] = (chosen >>> n & 1) != 0 ? warp.d[a][n] : warp.d[b][n];
                }
            }
        }
        if (mask != -1) {
            blend(warp, mask);
        }
    }

    private void blend(Warp warp, int mask) {
        switch (bank) {
            case INT -> warp.blend(warp.i[d], mask);
            case FLOAT -> warp.blend(warp.f[d], mask);
            case LONG -> warp.blend(warp.l[d], mask);
            default -> warp.blend(warp.d[d], mask);
        }
    }
}
