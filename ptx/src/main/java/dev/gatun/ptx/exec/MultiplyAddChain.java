package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/** Two or four {@code fma.rn.f32} in a row that add to the same register. */
final class MultiplyAddChain extends FusedStep {
    private final FloatTernary[] terms;

    private MultiplyAddChain(Step[] code, int from, int count) {
        super(code, from, count);
        terms = new FloatTernary[count];
        for (int n = 0; n < count; n++) {
            terms[n] = (FloatTernary) code[from + n];
        }
    }

    static @Nullable MultiplyAddChain at(Step[] code, int pc) {
        int count = 0;
        while (count < 4
                && pc + count < code.length
                && code[pc + count] instanceof FloatTernary term
                && term.guard < 0
                && term.addsTo(((FloatTernary) code[pc]).d)) {
            count++;
        }
        return count < 2 ? null : new MultiplyAddChain(code, pc, count == 4 ? 4 : 2);
    }

    @Override
    void runWhole(Warp warp) {
        float[][] f = warp.f;
        float[] sum = f[terms[0].d];
        if (terms.length == 2) {
            add(sum, f[terms[0].a], f[terms[0].b], f[terms[1].a], f[terms[1].b]);
        } else {
            add(
                    sum,
                    f[terms[0].a],
                    f[terms[0].b],
                    f[terms[1].a],
                    f[terms[1].b],
                    f[terms[2].a],
                    f[terms[2].b],
                    f[terms[3].a],
                    f[terms[3].b]);
        }
    }

    private static void add(float[] sum, float[] a0, float[] b0, float[] a1, float[] b1) {
        for (int n = 0; n < Warp.LANES; n++) {
            sum[n] = Math.fma(a1[n], b1[n], Math.fma(a0[n], b0[n], sum[n]));
        }
    }

    private static void add(
            float[] sum,
            float[] a0,
            float[] b0,
            float[] a1,
            float[] b1,
            float[] a2,
            float[] b2,
            float[] a3,
            float[] b3) {
        for (int n = 0; n < Warp.LANES; n++) {
            float two = Math.fma(a1[n], b1[n], Math.fma(a0[n], b0[n], sum[n]));
            sum[n] = Math.fma(a3[n], b3[n], Math.fma(a2[n], b2[n], two));
        }
    }
}
