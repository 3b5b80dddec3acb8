package dev.gatun.ptx.exec;

/** {@code setp}: a comparison, combined with a predicate, into one predicate or two. */
final class SetPredicate extends Step {
    private enum Combination {
        NONE,
        AND,
        OR,
        XOR
    }

    private final Comparison comparison;
    private final Combination combination;
    private final int p;
    private final int q; // -1 for none
    private final int c; // combined predicate
    private final boolean packed; // p and q are the results of the two halves

    /** @param combine and, or, xor, or empty */
    SetPredicate(Comparison comparison, String combine, int p, int q, int c, boolean packed) {
        this.comparison = comparison;
        this.combination = switch (combine) {
            case "and" -> Combination.AND;
            case "or" -> Combination.OR;
            case "xor" -> Combination.XOR;
            default -> Combination.NONE;
        };
        this.p = p;
        this.q = q;
        this.c = c;
        this.packed = packed;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        int holds = comparison.lanes(warp, 0);
        int other = combination == Combination.NONE ? 0 : warp.p[c];
        int first = combine(holds, other);
        if (q >= 0) {
            int second = combine(packed ? comparison.lanes(warp, 1) : ~holds, other);
            warp.p[q] = (warp.p[q] & ~mask) | (second & mask);
        }
        warp.p[p] = (warp.p[p] & ~mask) | (first & mask);
    }

    private int combine(int holds, int other) {
        return switch (combination) {
            case NONE -> holds;
            case AND -> holds & other;
            case OR -> holds | other;
            case XOR -> holds ^ other;
        };
    }
}
