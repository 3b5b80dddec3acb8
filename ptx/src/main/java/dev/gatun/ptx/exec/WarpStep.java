package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;

/** An instruction that all lanes of its member mask execute together, wherever they are. */
abstract class WarpStep extends Step {
    private final int members; // int slot

    WarpStep(int members) {
        this.members = members;
    }

    @Override
    final void run(Warp warp, int mask) {
        int[] masks = warp.i[members];
        int member = masks[Integer.numberOfTrailingZeros(mask)];
        int differing = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            differing |= masks[n] ^ member;
        }
        for (int n = 0; n < Warp.LANES && differing != 0; n++) {
            if ((mask >>> n & 1) != 0 && masks[n] != member) {
                throw warp.fault(
                        PtxFault.Kind.UNDEFINED,
                        this,
                        1 << n,
                        "names the member mask 0x" + Integer.toHexString(masks[n]) + " where another lane names 0x"
                                + Integer.toHexString(member));
            }
        }
        int together = warp.gather(mask, member, this);
        if (together != 0) {
            execute(warp, together);
            if (warp.block.watcher != null) {
                warp.block.watcher.warpSynchronizes(warp, this, together);
            }
        }
    }

    abstract void execute(Warp warp, int mask);
}
