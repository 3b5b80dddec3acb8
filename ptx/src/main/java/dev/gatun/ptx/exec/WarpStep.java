package dev.gatun.ptx.exec;

/** An instruction that all lanes of its member mask execute together, wherever they are. */
abstract class WarpStep extends Step {
    private final int members; // int slot

    WarpStep(int members) {
        this.members = members;
    }

    @Override
    final void run(Warp warp, int mask) {
        int[] masks = warp.i[members];
        int rest = mask;
        while (rest != 0) { // lanes with another mask are another group, even if they come at the same time
            int member = masks[Integer.numberOfTrailingZeros(rest)];
            int alike = alike(masks, member) & rest;
            rest &= ~alike;
            int together = warp.gather(alike, member, this);
            if (together != 0) {
                execute(warp, together);
                if (warp.block.watcher != null) {
                    warp.block.watcher.warpSynchronizes(warp, this, together);
                }
            }
        }
    }

    private static int alike(int[] masks, int member) {
        int differing = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            differing |= masks[n] ^ member;
        }
        int alike = differing == 0 ? -1 : 0;
        for (int n = 0; n < Warp.LANES && differing != 0; n++) {
            alike |= masks[n] == member ? 1 << n : 0;
        }
        return alike;
    }

    abstract void execute(Warp warp, int mask);
}
