package dev.gatun.ptx.exec;

/** {@code cp.async.bulk.prefetch.L2}: no effect on values, but its size and address follow the rules of a copy. */
final class BulkPrefetch extends BulkStep {
    private final Address from;
    private final int size; // int slot

    BulkPrefetch(Address from, int size) {
        super(null);
        this.from = from;
        this.size = size;
    }

    @Override
    void issue(Warp warp, int lane) {
        check(warp, lane, warp.i[size][lane] & 0xFFFF_FFFFL, at(warp, lane, from));
    }
}
