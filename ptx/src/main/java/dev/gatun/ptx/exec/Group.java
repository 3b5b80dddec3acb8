package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/** Lanes of a warp that run together: one program counter, one mask. */
final class Group {
    enum State {
        READY,
        AT_WARP_SYNC,
        AT_BARRIER,
        AT_CLUSTER_BARRIER
    }

    int pc;
    int mask;

    @Nullable
    Join join;

    State state = State.READY;
    int memberMask; // of the warp-wide instruction waited at
    int barrier; // number of the barrier waited at
    int waitingPc; // the instruction waited at

    Group(int pc, int mask, @Nullable Join join) {
        this.pc = pc;
        this.mask = mask;
        this.join = join;
    }
}
