package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;

/** {@code brx.idx}: each lane goes where its index says. */
final class IndexedBranch extends Step {
    private final Label[] labels;
    private final int[] targets;
    private final int index;
    private int joinPc = -1;

    IndexedBranch(Label[] labels, int index) {
        this.labels = labels;
        this.targets = new int[labels.length];
        this.index = index;
    }

    Label[] labels() {
        return labels;
    }

    void link(int choice, int targetPc) {
        targets[choice] = targetPc;
    }

    void meetAt(int meetingPc) {
        joinPc = meetingPc;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] choices = warp.i[index];
        int rest = mask;
        while (rest != 0) {
            int choice = choices[Integer.numberOfTrailingZeros(rest)];
            if (choice < 0 || choice >= targets.length) {
                throw warp.fault(
                        PtxFault.Kind.UNDEFINED, this, rest, "chooses target " + choice + " of " + targets.length);
            }
            int same = 0;
            for (int n = 0; n < Warp.LANES; n++) {
                same |= (rest >>> n & 1) != 0 && choices[n] == choice ? 1 << n : 0;
            }
            if (same == warp.mask) {
                warp.pc = targets[choice];
                return;
            }
            warp.diverge(same, targets[choice], joinPc);
            rest &= ~same;
        }
    }
}
