package dev.gatun.ptx.exec;

/** 32-bit integer instructions of one operand, and moves. */
final class IntUnary extends Step {
    enum Op {
        MOVE,
        NEG,
        ABS,
        NOT,
        CNOT,
        POPC,
        CLZ,
        BREV,
        FIND_SIGNED,
        FIND_UNSIGNED,
        FIND_SIGNED_SHIFT,
        FIND_UNSIGNED_SHIFT,
        SIGN_16,
        ZERO_16,
        SIGN_8,
        ZERO_8
    }

    private final Op op;
    private final int d;
    private final int a;

    IntUnary(Op op, int d, int a) {
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
        int[] x = warp.i[a];
        int[] to = warp.i[d];
        if (op == Op.MOVE && mask == -1) {
            System.arraycopy(x, 0, to, 0, Warp.LANES);
            return;
        }
        int[] out = warp.out(to, mask);
        switch (op) {
            case ZERO_16 -> low16(out, x);
            case SIGN_16 -> signed16(out, x);
            default -> rare(out, x);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void low16(int[] out, int[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] & 0xFFFF;
        }
    }

    private static void signed16(int[] out, int[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] << 16 >> 16;
        }
    }

    private void rare(int[] out, int[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = value(x[n]);
        }
    }

    private int value(int x) {
        return switch (op) {
            case MOVE -> x;
            case NEG -> -x;
            case ABS -> Math.abs(x);
            case NOT -> ~x;
            case CNOT -> x == 0 ? 1 : 0;
            case POPC -> Integer.bitCount(x);
            case CLZ -> Integer.numberOfLeadingZeros(x);
            case BREV -> Integer.reverse(x);
            case FIND_SIGNED -> IntMath.find(x, 32, true, false);
            case FIND_UNSIGNED -> IntMath.find(x, 32, false, false);
            case FIND_SIGNED_SHIFT -> IntMath.find(x, 32, true, true);
            case FIND_UNSIGNED_SHIFT -> IntMath.find(x, 32, false, true);
            case SIGN_8 -> (byte) x;
            case ZERO_8 -> x & 0xFF;
            default -> throw new AssertionError(op);
        };
    }
}
