package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;

/** Copies a {@code .param} variable of a call between the frames of caller and callee. */
final class CopyLocal extends Step {
    private final int to;
    private final int from;
    private final int byteCount;

    CopyLocal(int to, int from, int byteCount) {
        this.to = to;
        this.from = from;
        this.byteCount = byteCount;
    }

    @Override
    void run(Warp warp, int mask) {
        if (warp.block.watcher != null) {
            long[] at = warp.addresses;
            java.util.Arrays.fill(at, to);
            warp.block.watcher.access(warp, this, StateSpace.LOCAL, Watcher.Access.WRITE, mask, at, byteCount);
        }
        int stride = warp.program.localBytes();
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                System.arraycopy(warp.local, n * stride + from, warp.local, n * stride + to, byteCount);
            }
        }
    }
}
