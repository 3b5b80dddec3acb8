package dev.gatun.ptx.exec;

/** {@code cp.async.bulk.commit_group} and {@code wait_group}. */
final class BulkControl extends Step {
    private final int stillPending; // -1 for a commit
    private final boolean onlyReading;

    private BulkControl(int stillPending, boolean onlyReading) {
        this.stillPending = stillPending;
        this.onlyReading = onlyReading;
    }

    static BulkControl commit() {
        return new BulkControl(-1, false);
    }

    static BulkControl await(int stillPending, boolean onlyReading) {
        return new BulkControl(stillPending, onlyReading);
    }

    @Override
    void run(Warp warp, int mask) {
        if (stillPending < 0) {
            warp.bulk.commit(mask);
        } else {
            warp.bulk.await(mask, stillPending, onlyReading);
        }
    }
}
