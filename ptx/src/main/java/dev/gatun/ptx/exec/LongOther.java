package dev.gatun.ptx.exec;

/** 64-bit integer instructions of one operand, of three, and with 32-bit operands beside the 64-bit one. */
final class LongOther extends Step {
    enum Op {
        MOVE,
        NEG,
        ABS,
        NOT,
        CNOT,
        BREV,
        SHL,
        SHR_SIGNED,
        SHR_UNSIGNED,
        EXTRACT_SIGNED,
        EXTRACT_UNSIGNED,
        INSERT,
        MAD_LO,
        MAD_HI_SIGNED,
        MAD_HI_UNSIGNED,
        SAD_SIGNED,
        SAD_UNSIGNED
    }

    private final Op op;
    private final int d;
    private final int a;
    private final int b; // long slot
    private final int c; // long slot
    private final int position; // int slot
    private final int length; // int slot

    /** Unused slots repeat a used one. */
    LongOther(Op op, int d, int a, int b, int c, int position, int length) {
        this.op = op;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
        this.position = position;
        this.length = length;
    }

    static LongOther unary(Op op, int d, int a) {
        return new LongOther(op, d, a, a, a, 0, 0);
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        long[] x = warp.l[a];
        long[] y = warp.l[b];
        long[] z = warp.l[c];
        long[] to = warp.l[d];
        int[] positions = warp.i[position];
        int[] lengths = warp.i[length];
        long[] out = warp.out(to, mask);
        switch (op) {
            case MOVE -> System.arraycopy(x, 0, out, 0, Warp.LANES);
            case SHL -> shiftLeft(out, x, positions);
            case MAD_LO -> multiplyAdd(out, x, y, z);
            default -> rare(out, x, y, z, positions, lengths);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void shiftLeft(long[] out, long[] x, int[] amounts) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Integer.compareUnsigned(amounts[n], 63) > 0 ? 0 : x[n] << amounts[n];
        }
    }

    private static void multiplyAdd(long[] out, long[] x, long[] y, long[] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] * y[n] + z[n];
        }
    }

    private void rare(long[] out, long[] x, long[] y, long[] z, int[] positions, int[] lengths) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = value(x[n], y[n], z[n], positions[n], lengths[n]);
        }
    }

    private long value(long x, long y, long z, int at, int count) {
        boolean beyond = Integer.compareUnsigned(at, 63) > 0;
        return switch (op) {
            case NEG -> -x;
            case ABS -> Math.abs(x);
            case NOT -> ~x;
            case CNOT -> x == 0 ? 1 : 0;
            case BREV -> Long.reverse(x);
            case SHR_SIGNED -> x >> (beyond ? 63 : at);
            case SHR_UNSIGNED -> beyond ? 0 : x >>> at;
            case EXTRACT_SIGNED -> IntMath.extract(x, at, count, 64, true);
            case EXTRACT_UNSIGNED -> IntMath.extract(x, at, count, 64, false);
            case INSERT -> IntMath.insert(x, y, at, count, 64);
            case MAD_HI_SIGNED -> Math.multiplyHigh(x, y) + z;
            case MAD_HI_UNSIGNED -> Math.unsignedMultiplyHigh(x, y) + z;
            case SAD_SIGNED -> z + (x < y ? y - x : x - y);
            case SAD_UNSIGNED -> z + (Long.compareUnsigned(x, y) < 0 ? y - x : x - y);
            default -> throw new AssertionError(op);
        };
    }
}
