package dev.gatun.ptx.exec;

/** Counts over a 64-bit operand: {@code popc}, {@code clz}, {@code bfind}. */
final class LongToInt extends Step {
    enum Op {
        POPC,
        CLZ,
        FIND_SIGNED,
        FIND_UNSIGNED,
        FIND_SIGNED_SHIFT,
        FIND_UNSIGNED_SHIFT
    }

    private final Op op;
    private final int d;
    private final int a;

    LongToInt(Op op, int d, int a) {
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
        for (int n = 0; n < Warp.LANES; n++) {
            long x = warp.l[a][n];
            warp.scratchInt[n] = switch (op) {
                case POPC -> Long.bitCount(x);
                case CLZ -> Long.numberOfLeadingZeros(x);
                case FIND_SIGNED -> IntMath.find(x, 64, true, false);
                case FIND_UNSIGNED -> IntMath.find(x, 64, false, false);
                case FIND_SIGNED_SHIFT -> IntMath.find(x, 64, true, true);
                case FIND_UNSIGNED_SHIFT -> IntMath.find(x, 64, false, true);
            };
        }
        warp.blend(warp.i[d], mask);
    }
}
