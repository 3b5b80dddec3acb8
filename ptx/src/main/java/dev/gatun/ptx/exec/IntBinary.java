package dev.gatun.ptx.exec;

/** 32-bit integer instructions of two operands. The frequent ones have loops of their own, which vectorise. */
final class IntBinary extends Step {
    enum Op {
        ADD,
        SUB,
        MUL_LO,
        AND,
        OR,
        XOR,
        MIN_SIGNED,
        MAX_SIGNED,
        SHL,
        SHR_UNSIGNED,
        SHR_SIGNED,
        MIN_UNSIGNED,
        MAX_UNSIGNED,
        MUL_HI_SIGNED,
        MUL_HI_UNSIGNED,
        MUL24_LO_SIGNED,
        MUL24_LO_UNSIGNED,
        MUL24_HI_SIGNED,
        MUL24_HI_UNSIGNED,
        ADD_SATURATE,
        SUB_SATURATE,
        DIV_SIGNED,
        DIV_UNSIGNED,
        REM_SIGNED,
        REM_UNSIGNED,
        MIN_RELU,
        MAX_RELU,
        EXTEND_SIGNED_CLAMP,
        EXTEND_SIGNED_WRAP,
        EXTEND_UNSIGNED_CLAMP,
        EXTEND_UNSIGNED_WRAP,
        MASK_CLAMP,
        MASK_WRAP,
        ADD_PAIR,
        MIN_PAIR_SIGNED,
        MAX_PAIR_SIGNED,
        MIN_PAIR_UNSIGNED,
        MAX_PAIR_UNSIGNED,
        MIN_PAIR_RELU,
        MAX_PAIR_RELU
    }

    private final Op op;
    private final int d;
    private final int a;
    private final int b;

    IntBinary(Op op, int d, int a, int b) {
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
        int[] x = warp.i[a];
        int[] y = warp.i[b];
        int[] to = warp.i[d];
        int[] out = warp.out(to, mask);
        switch (op) {
            case ADD -> add(out, x, y);
            case SUB -> subtract(out, x, y);
            case MUL_LO -> multiply(out, x, y);
            case AND -> and(out, x, y);
            case OR -> or(out, x, y);
            case XOR -> xor(out, x, y);
            case MIN_SIGNED -> minimum(out, x, y);
            case MAX_SIGNED -> maximum(out, x, y);
            case SHL -> shiftLeft(out, x, y);
            case SHR_UNSIGNED -> shiftRight(out, x, y);
            case SHR_SIGNED -> shiftRightSigned(out, x, y);
            case MIN_UNSIGNED -> minimumUnsigned(out, x, y);
            default -> rare(out, x, y);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void add(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] + y[n];
        }
    }

    private static void subtract(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] - y[n];
        }
    }

    private static void multiply(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] * y[n];
        }
    }

    private static void and(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] & y[n];
        }
    }

    private static void or(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] | y[n];
        }
    }

    private static void xor(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] ^ y[n];
        }
    }

    private static void minimum(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Math.min(x[n], y[n]);
        }
    }

    private static void maximum(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Math.max(x[n], y[n]);
        }
    }

    private static void minimumUnsigned(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) { // unsigned values compare like signed ones with the top bit flipped
            out[n] = Math.min(x[n] ^ Integer.MIN_VALUE, y[n] ^ Integer.MIN_VALUE) ^ Integer.MIN_VALUE;
        }
    }

    private static void shiftLeft(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Integer.compareUnsigned(y[n], 31) > 0 ? 0 : x[n] << y[n];
        }
    }

    private static void shiftRight(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Integer.compareUnsigned(y[n], 31) > 0 ? 0 : x[n] >>> y[n];
        }
    }

    private static void shiftRightSigned(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] >> (Integer.compareUnsigned(y[n], 31) > 0 ? 31 : y[n]);
        }
    }

    private void rare(int[] out, int[] x, int[] y) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = value(x[n], y[n]);
        }
    }

    private int value(int x, int y) {
        return switch (op) {
            case MAX_UNSIGNED -> Integer.compareUnsigned(x, y) > 0 ? x : y;
            case MUL_HI_SIGNED -> (int) (((long) x * y) >> 32);
            case MUL_HI_UNSIGNED -> (int) (((x & 0xFFFF_FFFFL) * (y & 0xFFFF_FFFFL)) >>> 32);
            case MUL24_LO_SIGNED -> (int) product24(x, y);
            case MUL24_LO_UNSIGNED -> (int) ((x & 0xFF_FFFFL) * (y & 0xFF_FFFFL));
            case MUL24_HI_SIGNED -> (int) (product24(x, y) >> 16);
            case MUL24_HI_UNSIGNED -> (int) (((x & 0xFF_FFFFL) * (y & 0xFF_FFFFL)) >> 16);
            case ADD_SATURATE -> IntMath.saturate((long) x + y);
            case SUB_SATURATE -> IntMath.saturate((long) x - y);
            case DIV_SIGNED -> y == 0 ? -1 : x / y;
            case DIV_UNSIGNED -> y == 0 ? -1 : Integer.divideUnsigned(x, y);
            case REM_SIGNED -> y == 0 ? x : x % y;
            case REM_UNSIGNED -> y == 0 ? x : Integer.remainderUnsigned(x, y);
            case MIN_RELU -> Math.max(Math.min(x, y), 0);
            case MAX_RELU -> Math.max(Math.max(x, y), 0);
            case EXTEND_SIGNED_CLAMP -> IntMath.extend(x, y, true, true);
            case EXTEND_SIGNED_WRAP -> IntMath.extend(x, y, true, false);
            case EXTEND_UNSIGNED_CLAMP -> IntMath.extend(x, y, false, true);
            case EXTEND_UNSIGNED_WRAP -> IntMath.extend(x, y, false, false);
            case MASK_CLAMP -> IntMath.mask(x, y, true);
            case MASK_WRAP -> IntMath.mask(x, y, false);
            case ADD_PAIR -> (x + y & 0xFFFF) | ((x >>> 16) + (y >>> 16)) << 16;
            case MIN_PAIR_SIGNED -> pair(Math.min((short) x, (short) y), Math.min(x >> 16, y >> 16));
            case MAX_PAIR_SIGNED -> pair(Math.max((short) x, (short) y), Math.max(x >> 16, y >> 16));
            case MIN_PAIR_UNSIGNED -> pair(Math.min(x & 0xFFFF, y & 0xFFFF), Math.min(x >>> 16, y >>> 16));
            case MAX_PAIR_UNSIGNED -> pair(Math.max(x & 0xFFFF, y & 0xFFFF), Math.max(x >>> 16, y >>> 16));
            case MIN_PAIR_RELU ->
                pair(Math.max(0, Math.min((short) x, (short) y)), Math.max(0, Math.min(x >> 16, y >> 16)));
            case MAX_PAIR_RELU ->
                pair(Math.max(0, Math.max((short) x, (short) y)), Math.max(0, Math.max(x >> 16, y >> 16)));
            default -> throw new AssertionError(op);
        };
    }

    private static long product24(int x, int y) {
        return (long) (x << 8 >> 8) * (y << 8 >> 8);
    }

    private static int pair(int low, int high) {
        return (low & 0xFFFF) | high << 16;
    }
}
