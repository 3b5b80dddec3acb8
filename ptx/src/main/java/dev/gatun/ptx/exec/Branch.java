package dev.gatun.ptx.exec;

/** {@code bra}, and the jumps that expanding a call needs. */
final class Branch extends Step {
    private final Label label;
    private int target;
    private int joinPc = -1;

    Branch(Label label) {
        this.label = label;
    }

    Label label() {
        return label;
    }

    void link(int targetPc, int meetingPc) {
        target = targetPc;
        joinPc = meetingPc;
    }

    @Override
    void run(Warp warp, int mask) {
        if (mask == warp.mask) {
            warp.pc = target;
        } else {
            warp.diverge(mask, target, joinPc);
        }
    }
}
