package dev.gatun.ptx.exec;

/** {@code setp}: a comparison, combined with a predicate, into one predicate or two. */
final class SetPredicate extends Step {
    private final Comparison comparison;
    private final String combine; // and, or, xor, or empty
    private final int p;
    private final int q; // -1 for none
    private final int c; // combined predicate
    private final boolean packed; // p and q are the results of the two halves

    SetPredicate(Comparison comparison, String combine, int p, int q, int c, boolean packed) {
        this.comparison = comparison;
        this.combine = combine;
        this.p = p;
        this.q = q;
        this.c = c;
        this.packed = packed;
    }

    @Override
    void run(Warp warp, int mask) {
        int holds = comparison.lanes(warp, 0);
        int other = combine.isEmpty() ? 0 : warp.p[c];
        int first = combine(holds, other);
        if (q >= 0) {
            int second = combine(packed ? comparison.lanes(warp, 1) : ~holds, other);
            warp.p[q] = (warp.p[q] & ~mask) | (second & mask);
        }
        warp.p[p] = (warp.p[p] & ~mask) | (first & mask);
    }

    private int combine(int holds, int other) {
        return switch (combine) {
            case "and" -> holds & other;
            case "or" -> holds | other;
            case "xor" -> holds ^ other;
            default -> holds;
        };
    }
}
