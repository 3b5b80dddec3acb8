package dev.gatun.ptx.exec;

import dev.gatun.ptx.num.Approx;
import dev.gatun.ptx.num.FloatMath;
import dev.gatun.ptx.num.Rounding;

/** Single-precision instructions of two operands. */
final class FloatBinary extends Step {
    enum Op {
        ADD,
        SUB,
        MUL,
        DIV,
        DIV_APPROX,
        MIN,
        MAX,
        MIN_NAN,
        MAX_NAN,
        COPYSIGN
    }

    private final Op op;
    private final FloatMode mode;
    private final boolean plain;
    private final int d;
    private final int a;
    private final int b;

    FloatBinary(Op op, FloatMode mode, int d, int a, int b) {
        this.op = op;
        this.mode = mode;
        this.plain = mode.isPlain();
        this.d = d;
        this.a = a;
        this.b = b;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        float[] x = warp.f[a];
        float[] y = warp.f[b];
        float[] to = warp.f[d];
        float[] out = warp.out(to, mask);
        if (!plain) {
            rare(out, x, y);
        } else {
            switch (op) {
                case ADD -> add(out, x, y);
                case SUB -> subtract(out, x, y);
                case MUL -> multiply(out, x, y);
                case MAX -> maximum(out, x, y);
                default -> rare(out, x, y);
            }
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void add(float[] out, float[] x, float[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] + y[n];
        }
    }

    private static void subtract(float[] out, float[] x, float[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] - y[n];
        }
    }

    private static void multiply(float[] out, float[] x, float[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] * y[n];
        }
    }

    /** Of a number and NaN the number, as {@code FloatMath.maximum}. */
    private static void maximum(float[] out, float[] x, float[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            float left = x[n];
            float right = y[n];
            float most = Math.max(left, right);
            out[n] = Float.isNaN(left) ? right : Float.isNaN(right) ? left : most;
        }
    }

    private void rare(float[] out, float[] x, float[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = mode.finish(value(mode.prepare(x[n]), mode.prepare(y[n])));
        }
    }

    private float value(float x, float y) {
        Rounding rounding = mode.rounding();
        float value = switch (op) {
            case ADD -> FloatMath.add(x, y, rounding);
            case SUB -> FloatMath.add(x, -y, rounding);
            case MUL -> FloatMath.multiply(x, y, rounding);
            case DIV -> FloatMath.divide(x, y, rounding);
            case DIV_APPROX -> Approx.divide(x, y);
            case MIN -> FloatMath.minimum(x, y, false);
            case MAX -> FloatMath.maximum(x, y, false);
            case MIN_NAN -> FloatMath.minimum(x, y, true);
            case MAX_NAN -> FloatMath.maximum(x, y, true);
            case COPYSIGN -> Math.copySign(y, x);
        };
        return mode.signXor() && !Float.isNaN(value) ? withXorSign(x, y) : value;
    }

    /** {@code .xorsign.abs}: compares magnitudes, gives the product's sign. */
    private float withXorSign(float x, float y) {
        float magnitude = switch (op) {
            case MIN, MIN_NAN -> FloatMath.minimum(Math.abs(x), Math.abs(y), op == Op.MIN_NAN);
            default -> FloatMath.maximum(Math.abs(x), Math.abs(y), op == Op.MAX_NAN);
        };
        int sign = (Float.floatToRawIntBits(x) ^ Float.floatToRawIntBits(y)) & 0x8000_0000;
        return Float.intBitsToFloat((Float.floatToRawIntBits(magnitude) & 0x7FFF_FFFF) | sign);
    }
}
