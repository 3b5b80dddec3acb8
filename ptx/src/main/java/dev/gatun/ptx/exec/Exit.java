package dev.gatun.ptx.exec;

/** {@code exit}, and {@code ret} of an entry. */
final class Exit extends Step {
    @Override
    void run(Warp warp, int mask) {
        if (!warp.copies.isEmpty()) {
            warp.copies.waitForAll(warp, mask);
        }
        if (mask == warp.live) {
            warp.products.finish(warp);
        }
        warp.exit(mask);
        warp.block.lanesExited();
    }
}
