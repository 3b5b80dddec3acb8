package dev.gatun.ptx.exec;

/** {@code elect.sync}: chooses the lowest lane, as hardware does but the ISA does not promise. */
final class Elect extends WarpStep {
    private final int destination;
    private final int predicate;

    Elect(int destination, int predicate, int members) {
        super(members);
        this.destination = destination;
        this.predicate = predicate;
    }

    @Override
    void execute(Warp warp, int mask) {
        int leader = Integer.numberOfTrailingZeros(mask);
        java.util.Arrays.fill(warp.scratchInt, leader);
        warp.blend(warp.i[destination], mask);
        warp.p[predicate] = (warp.p[predicate] & ~mask) | 1 << leader;
    }
}
