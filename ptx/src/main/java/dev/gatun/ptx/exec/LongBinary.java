package dev.gatun.ptx.exec;

/** 64-bit integer instructions of two operands; shift amounts are 32-bit. */
final class LongBinary extends Step {
    enum Op {
        ADD,
        SUB,
        MUL_LO,
        AND,
        OR,
        XOR,
        MUL_HI_SIGNED,
        MUL_HI_UNSIGNED,
        MIN_SIGNED,
        MIN_UNSIGNED,
        MAX_SIGNED,
        MAX_UNSIGNED,
        DIV_SIGNED,
        DIV_UNSIGNED,
        REM_SIGNED,
        REM_UNSIGNED
    }

    private final Op op;
    private final int d;
    private final int a;
    private final int b;

    LongBinary(Op op, int d, int a, int b) {
        this.op = op;
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
        long[] x = warp.l[a];
        long[] y = warp.l[b];
        long[] to = warp.l[d];
        long[] out = warp.out(to, mask);
        switch (op) {
            case ADD -> add(out, x, y);
            case SUB -> subtract(out, x, y);
            default -> rare(out, x, y);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void add(long[] out, long[] x, long[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] + y[n];
        }
    }

    private static void subtract(long[] out, long[] x, long[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] - y[n];
        }
    }

    private void rare(long[] out, long[] x, long[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = value(x[n], y[n]);
        }
    }

    private long value(long x, long y) {
        return switch (op) {
            case MUL_LO -> x * y;
            case AND -> x & y;
            case OR -> x | y;
            case XOR -> x ^ y;
            case MUL_HI_SIGNED -> Math.multiplyHigh(x, y);
            case MUL_HI_UNSIGNED -> Math.unsignedMultiplyHigh(x, y);
            case MIN_SIGNED -> Math.min(x, y);
            case MIN_UNSIGNED -> Long.compareUnsigned(x, y) < 0 ? x : y;
            case MAX_SIGNED -> Math.max(x, y);
            case MAX_UNSIGNED -> Long.compareUnsigned(x, y) > 0 ? x : y;
            case DIV_SIGNED -> y == 0 ? -1 : x / y;
            case DIV_UNSIGNED -> y == 0 ? -1 : Long.divideUnsigned(x, y);
            case REM_SIGNED -> y == 0 ? x : x % y;
            case REM_UNSIGNED -> y == 0 ? x : Long.remainderUnsigned(x, y);
            default -> throw new AssertionError(op);
        };
    }
}
