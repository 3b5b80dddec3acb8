package dev.gatun.ptx.exec;

import dev.gatun.ptx.num.Approx;
import dev.gatun.ptx.num.FloatMath;

/** Single-precision instructions of one operand. */
final class FloatUnary extends Step {
    enum Op {
        MOVE,
        NEG,
        ABS,
        EX2,
        LG2,
        RCP,
        RCP_ROUNDED,
        SQRT,
        RSQRT,
        SIN,
        COS,
        TANH
    }

    private final Op op;
    private final FloatMode mode;
    private final int d;
    private final int a;

    FloatUnary(Op op, FloatMode mode, int d, int a) {
        this.op = op;
        this.mode = mode;
        this.d = d;
        this.a = a;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        float[] x = warp.f[a];
        float[] to = warp.f[d];
        if (op == Op.MOVE && mask == -1) {
            System.arraycopy(x, 0, to, 0, Warp.LANES);
            return;
        }
        float[] out = warp.out(to, mask);
        switch (op) {
            case MOVE -> System.arraycopy(x, 0, out, 0, Warp.LANES);
            case NEG -> negate(out, x);
            case ABS -> absolute(out, x);
            case EX2 -> power(out, x);
            default -> rare(out, x);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private void negate(float[] out, float[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = -mode.prepare(x[n]);
        }
    }

    private void absolute(float[] out, float[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Math.abs(mode.prepare(x[n]));
        }
    }

    private void power(float[] out, float[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = mode.finish(Approx.ex2(mode.prepare(x[n])));
        }
    }

    private void rare(float[] out, float[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = mode.finish(value(mode.prepare(x[n])));
        }
    }

    private float value(float x) {
        return switch (op) {
            case LG2 -> Approx.lg2(x);
            case RCP -> Approx.rcp(x);
            case RCP_ROUNDED -> FloatMath.divide(1, x, mode.rounding());
            case SQRT -> FloatMath.sqrt(x, mode.rounding());
            case RSQRT -> Approx.rsqrt(x);
            case SIN -> Approx.sin(x);
            case COS -> Approx.cos(x);
            case TANH -> Approx.tanh(x);
            default -> throw new AssertionError(op);
        };
    }
}
