package dev.gatun.ptx.exec;

/** Logic on predicates, all lanes at once. */
final class PredicateLogic extends Step {
    enum Op {
        FALSE,
        TRUE,
        MOVE,
        NOT,
        AND,
        OR,
        XOR
    }

    private final Op op;
    private final int d;
    private final int a;
    private final int b;

    PredicateLogic(Op op, int d, int a, int b) {
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
        int x = warp.p[a];
        int y = warp.p[b];
        int result = switch (op) {
            case FALSE -> 0;
            case TRUE -> -1;
            case MOVE -> x;
            case NOT -> ~x;
            case AND -> x & y;
            case OR -> x | y;
            case XOR -> x ^ y;
        };
        warp.p[d] = (warp.p[d] & ~mask) | (result & mask);
    }
}
