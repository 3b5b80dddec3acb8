package dev.gatun.ptx.exec;

/** {@code redux.sync}: reduces one integer a lane to one for all. */
final class Redux extends WarpStep {
    enum Op {
        ADD,
        MIN_SIGNED,
        MAX_SIGNED,
        MIN_UNSIGNED,
        MAX_UNSIGNED,
        AND,
        OR,
        XOR
    }

    private final Op op;
    private final int destination;
    private final int source;

    Redux(Op op, int destination, int source, int members) {
        super(members);
        this.op = op;
        this.destination = destination;
        this.source = source;
    }

    @Override
    void execute(Warp warp, int mask) {
        int[] values = warp.i[source];
        int first = Integer.numberOfTrailingZeros(mask);
        int result = values[first];
        for (int n = first + 1; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                result = combine(result, values[n]);
            }
        }
        java.util.Arrays.fill(warp.scratchInt, result);
        warp.blend(warp.i[destination], mask);
    }

    private int combine(int a, int b) {
        return switch (op) {
            case ADD -> a + b;
            case MIN_SIGNED -> Math.min(a, b);
            case MAX_SIGNED -> Math.max(a, b);
            case MIN_UNSIGNED -> Integer.compareUnsigned(a, b) < 0 ? a : b;
            case MAX_UNSIGNED -> Integer.compareUnsigned(a, b) > 0 ? a : b;
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
        };
    }
}
