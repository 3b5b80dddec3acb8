package dev.gatun.ptx.exec;

import dev.gatun.ptx.num.Approx;
import dev.gatun.ptx.num.ExactMath;
import dev.gatun.ptx.num.FloatMath;
import dev.gatun.ptx.num.Rounding;

/** Double-precision instructions. */
final class DoubleStep extends Step {
    enum Op {
        MOVE,
        NEG,
        ABS,
        ADD,
        SUB,
        MUL,
        FMA,
        DIV,
        RCP,
        SQRT,
        MIN,
        MAX,
        COPYSIGN,
        RCP_APPROX,
        RSQRT_APPROX,
        RSQRT_APPROX_FLUSHED
    }

    private final Op op;
    private final Rounding rounding;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    /** Unused slots repeat {@code a}. */
    DoubleStep(Op op, Rounding rounding, int d, int a, int b, int c) {
        this.op = op;
        this.rounding = rounding;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void run(Warp warp, int mask) {
        double[] x = warp.d[a];
        double[] y = warp.d[b];
        double[] z = warp.d[c];
        double[] to = warp.d[d];
        double[] out = warp.out(to, mask);
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = value(x[n], y[n], z[n]);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private double value(double x, double y, double z) {
        return switch (op) {
            case MOVE -> x;
            case NEG -> -x;
            case ABS -> Math.abs(x);
            case ADD -> ExactMath.add(x, y, rounding);
            case SUB -> ExactMath.add(x, -y, rounding);
            case MUL -> ExactMath.multiply(x, y, rounding);
            case FMA -> ExactMath.fma(x, y, z, rounding);
            case DIV -> ExactMath.divide(x, y, rounding);
            case RCP -> ExactMath.divide(1, x, rounding);
            case SQRT -> ExactMath.sqrt(x, rounding);
            case MIN -> FloatMath.minimum(x, y);
            case MAX -> FloatMath.maximum(x, y);
            case COPYSIGN -> Math.copySign(y, x);
            case RCP_APPROX -> Approx.rcp64(x);
            case RSQRT_APPROX -> 1 / Math.sqrt(x);
            case RSQRT_APPROX_FLUSHED -> Approx.rsqrt64(x);
        };
    }
}
