package dev.gatun.ptx.exec;

/** {@code cp.async.commit_group}, {@code wait_group} and {@code wait_all}. */
final class CopyControl extends Step {
    enum Op {
        COMMIT,
        WAIT,
        WAIT_ALL
    }

    private final Op op;
    private final int stillPending;

    CopyControl(Op op, int stillPending) {
        this.op = op;
        this.stillPending = stillPending;
    }

    @Override
    void run(Warp warp, int mask) {
        switch (op) {
            case COMMIT -> warp.copies.commit(mask);
            case WAIT -> warp.copies.waitFor(warp, mask, stillPending);
            case WAIT_ALL -> warp.copies.waitForAll(warp, mask);
        }
        if (op != Op.COMMIT && warp.block.watcher != null) {
            warp.block.watcher.copiesComplete(warp, this, mask);
        }
    }
}
