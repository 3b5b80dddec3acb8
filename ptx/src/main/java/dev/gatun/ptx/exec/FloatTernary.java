package dev.gatun.ptx.exec;

import dev.gatun.ptx.num.FloatMath;

/** {@code fma.f32}. */
final class FloatTernary extends Step {
    private final FloatMode mode;
    private final boolean plain;
    final int d;
    final int a;
    final int b;
    final int c;

    FloatTernary(FloatMode mode, int d, int a, int b, int c) {
        this.mode = mode;
        this.plain = mode.isPlain();
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    /** Whether it adds a product of other registers to {@code register}, rounded to nearest and nothing more. */
    boolean addsTo(int register) {
        return plain && d == register && c == register && a != register && b != register;
    }

    /** Whether it multiplies {@code register} in place by another and adds a third, rounded to nearest and nothing more. */
    boolean scales(int register) {
        return plain && d == register && a == register && b != register && c != register;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        float[] x = warp.f[a];
        float[] y = warp.f[b];
        float[] z = warp.f[c];
        float[] to = warp.f[d];
        float[] out = warp.out(to, mask);
        if (plain) {
            fma(out, x, y, z);
        } else {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = mode.finish(
                        FloatMath.fma(mode.prepare(x[n]), mode.prepare(y[n]), mode.prepare(z[n]), mode.rounding()));
            }
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void fma(float[] out, float[] x, float[] y, float[] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Math.fma(x[n], y[n], z[n]);
        }
    }
}
