package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;

/** {@code cvt.pack.sat}: two integers saturated to 8 or 16 bits; bytes shift a third operand up. */
final class ConvertPack extends Step {
    private final PtxType to;
    private final int d;
    private final int a;
    private final int b;
    private final int c; // -1 for 16-bit results

    ConvertPack(PtxType to, int d, int a, int b, int c) {
        this.to = to;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void run(Warp warp, int mask) {
        int bits = 8 * to.byteSize();
        int most = to.isSigned() ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
        int least = to.isSigned() ? -most - 1 : 0;
        int keep = (1 << bits) - 1;
        for (int n = 0; n < Warp.LANES; n++) {
            int high = Math.max(least, Math.min(most, warp.i[a][n])) & keep;
            int low = Math.max(least, Math.min(most, warp.i[b][n])) & keep;
            int rest = c < 0 ? 0 : warp.i[c][n] << (2 * bits);
            warp.scratchInt[n] = rest | high << bits | low;
        }
        warp.blend(warp.i[d], mask);
    }
}
