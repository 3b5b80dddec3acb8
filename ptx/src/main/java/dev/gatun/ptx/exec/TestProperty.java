package dev.gatun.ptx.exec;

/** {@code testp}. */
final class TestProperty extends Step {
    private final String property;
    private final boolean wide;
    private final int p;
    private final int a;

    TestProperty(String property, boolean wide, int p, int a) {
        this.property = property;
        this.wide = wide;
        this.p = p;
        this.a = a;
    }

    @Override
    void run(Warp warp, int mask) {
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            double value = wide ? warp.d[a][n] : warp.f[a][n];
            double normal = wide ? Double.MIN_NORMAL : Float.MIN_NORMAL;
            boolean holds = switch (property) {
                case "finite" -> Double.isFinite(value);
                case "infinite" -> Double.isInfinite(value);
                case "number" -> !Double.isNaN(value);
                case "notanumber" -> Double.isNaN(value);
                case "normal" -> Double.isFinite(value) && Math.abs(value) >= normal;
                default -> Math.abs(value) < normal && value != 0;
            };
            bits |= holds ? 1 << n : 0;
        }
        warp.p[p] = (warp.p[p] & ~mask) | (bits & mask);
    }
}
