package dev.gatun.ptx.exec;

import dev.gatun.ptx.num.Approx;
import dev.gatun.ptx.num.Half;

/** Instructions on f16 and bf16, one or two to a register. */
final class HalfStep extends Step {
    enum Op {
        ADD,
        SUB,
        MUL,
        FMA,
        NEG,
        ABS,
        MIN,
        MAX,
        TANH,
        EX2
    }

    private final Op op;
    private final FloatMode mode;
    private final boolean brain;
    private final boolean packed;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    /** Unused slots repeat {@code a}. */
    HalfStep(Op op, FloatMode mode, boolean brain, boolean packed, int d, int a, int b, int c) {
        this.op = op;
        this.mode = mode;
        this.brain = brain;
        this.packed = packed;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] x = warp.i[a];
        int[] y = warp.i[b];
        int[] z = warp.i[c];
        int[] to = warp.i[d];
        int[] out = warp.out(to, mask);
        for (int n = 0; n < Warp.LANES; n++) {
            int low = half(x[n] & 0xFFFF, y[n] & 0xFFFF, z[n] & 0xFFFF);
            out[n] = packed ? low | half(x[n] >>> 16, y[n] >>> 16, z[n] >>> 16) << 16 : low;
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private int half(int x, int y, int z) {
        return finish(value(prepare(x), prepare(y), prepare(z)));
    }

    private int prepare(int bits) {
        return mode.flushes() && !brain ? Half.flush(bits) : bits;
    }

    private int finish(int bits) {
        int flushed = prepare(bits);
        if (mode.relu()) {
            return Half.relu(flushed, brain);
        }
        return mode.saturates() ? Half.saturate(flushed, brain) : flushed;
    }

    private int value(int x, int y, int z) {
        return switch (op) {
            case ADD -> Half.add(x, y, brain);
            case SUB -> Half.subtract(x, y, brain);
            case MUL -> Half.multiply(x, y, brain);
            case FMA -> Half.fma(x, y, z, brain);
            case NEG -> x ^ 0x8000;
            case ABS -> x & 0x7FFF;
            case MIN, MAX -> pick(x, y);
            case TANH -> Half.fromFloat(Approx.tanh(Half.toFloat(x, brain)), brain);
            case EX2 -> Half.fromFloat(Approx.ex2(Half.toFloat(x, brain)), brain);
        };
    }

    private int pick(int x, int y) {
        int left = mode.signXor() ? x & 0x7FFF : x;
        int right = mode.signXor() ? y & 0x7FFF : y;
        int picked = op == Op.MIN
                ? Half.minimum(left, right, brain, mode.nan())
                : Half.maximum(left, right, brain, mode.nan());
        boolean number = !Float.isNaN(Half.toFloat(picked, brain));
        return mode.signXor() && number ? picked | ((x ^ y) & 0x8000) : picked;
    }
}
