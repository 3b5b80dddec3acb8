package dev.gatun.ptx.exec;

import java.util.ArrayDeque;

/** The {@code wgmma.mma_async} operations of one warp that have been issued but not waited for, oldest first. */
final class WarpgroupProducts {
    /** A product with what its registers and predicate said when it was issued. */
    record Issued(Wgmma step, long a, long b, boolean accumulates, int group, boolean isLate) {}

    private final ArrayDeque<Issued> issued = new ArrayDeque<>();
    private int openGroup;

    void clear() {
        issued.clear();
        openGroup = 0;
    }

    void add(Warp warp, Wgmma step, long a, long b, boolean accumulates) {
        boolean late = warp.block.launch.options().lateCopies();
        Issued product = new Issued(step, a, b, accumulates, openGroup, late);
        issued.add(product);
        if (!late) {
            step.multiply(warp, product);
        }
    }

    void commit() {
        openGroup++;
    }

    /** Completes all committed groups but the last {@code stillPending}. */
    void waitFor(Warp warp, int stillPending) {
        while (!issued.isEmpty() && issued.element().group < openGroup - stillPending) {
            Issued product = issued.remove();
            if (product.isLate) {
                product.step.multiply(warp, product);
            }
            product.step.complete(warp, product);
        }
    }

    /** Completes everything, as the end of the warp does. */
    void finish(Warp warp) {
        openGroup++;
        waitFor(warp, 0);
    }
}
