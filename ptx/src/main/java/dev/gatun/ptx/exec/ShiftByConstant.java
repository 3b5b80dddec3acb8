package dev.gatun.ptx.exec;

/** 32-bit shifts by a constant amount below 32. */
final class ShiftByConstant extends Step {
    private final IntBinary.Op op;
    final int d;
    final int a;
    final int amount;

    ShiftByConstant(IntBinary.Op op, int d, int a, int amount) {
        this.op = op;
        this.d = d;
        this.a = a;
        this.amount = amount;
    }

    boolean isUnsignedRight() {
        return op == IntBinary.Op.SHR_UNSIGNED;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] x = warp.i[a];
        int[] to = warp.i[d];
        int[] out = warp.out(to, mask);
        switch (op) {
            case SHL -> left(out, x, amount);
            case SHR_UNSIGNED -> right(out, x, amount);
            default -> rightSigned(out, x, amount);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void left(int[] out, int[] x, int amount) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] << amount;
        }
    }

    private static void right(int[] out, int[] x, int amount) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] >>> amount;
        }
    }

    private static void rightSigned(int[] out, int[] x, int amount) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] >> amount;
        }
    }
}
