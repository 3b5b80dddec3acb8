package dev.gatun.ptx.exec;

/** {@code wgmma.fence}, {@code commit_group} and {@code wait_group}. */
final class WgmmaControl extends Step {
    enum Op {
        FENCE,
        COMMIT,
        WAIT
    }

    private final Op op;
    private final int stillPending;

    WgmmaControl(Op op, int stillPending) {
        this.op = op;
        this.stillPending = stillPending;
    }

    @Override
    void run(Warp warp, int mask) {
        Warpgroup.enter(warp, this, mask, 0, 0, false);
        switch (op) {
            case FENCE -> {} // values are never out of order here; who watches checks that it stands where it must
            case COMMIT -> warp.products.commit();
            case WAIT -> warp.products.waitFor(warp, stillPending);
        }
    }
}
