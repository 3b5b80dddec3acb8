package dev.gatun.ptx.exec;

/** {@code match.sync}: which lanes hold the same value. */
final class Match extends WarpStep {
    private final boolean all;
    private final boolean wide;
    private final int destination;
    private final int predicate; // -1 for none
    private final int source;

    Match(boolean all, boolean wide, int destination, int predicate, int source, int members) {
        super(members);
        this.all = all;
        this.wide = wide;
        this.destination = destination;
        this.predicate = predicate;
        this.source = source;
    }

    private long value(Warp warp, int lane) {
        return wide ? warp.l[source][lane] : warp.i[source][lane];
    }

    @Override
    void execute(Warp warp, int mask) {
        boolean uniform = true;
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                int same = 0;
                for (int m = 0; m < Warp.LANES; m++) {
                    same |= (mask >>> m & 1) != 0 && value(warp, m) == value(warp, n) ? 1 << m : 0;
                }
                warp.scratchInt[n] = same;
                uniform &= same == mask;
            }
        }
        if (all && !uniform) {
            java.util.Arrays.fill(warp.scratchInt, 0);
        }
        warp.blend(warp.i[destination], mask);
        if (predicate >= 0) {
            warp.p[predicate] = (warp.p[predicate] & ~mask) | (uniform ? mask : 0);
        }
    }
}
