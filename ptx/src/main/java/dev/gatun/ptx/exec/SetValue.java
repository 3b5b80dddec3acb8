package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;

/** {@code set}: a comparison as a number, all ones or 1.0 where it holds. */
final class SetValue extends Step {
    private final Comparison comparison;
    private final String combine;
    private final PtxType type;
    private final int d;
    private final int c;

    SetValue(Comparison comparison, String combine, PtxType type, int d, int c) {
        this.comparison = comparison;
        this.combine = combine;
        this.type = type;
        this.d = d;
        this.c = c;
    }

    @Override
    void run(Warp warp, int mask) {
        int holds = comparison.lanes(warp, 0);
        if (!combine.isEmpty()) {
            int other = warp.p[c];
            holds = combine.equals("and") ? holds & other : combine.equals("or") ? holds | other : holds ^ other;
        }
        int high = type == PtxType.F16X2 ? comparison.lanes(warp, 1) : 0;
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                boolean yes = (holds >>> n & 1) != 0;
                switch (type) {
                    case F32 -> warp.f[d][n] = yes ? 1 : 0;
                    case F16 -> warp.i[d][n] = yes ? 0x3C00 : 0;
                    case F16X2 -> warp.i[d][n] = (yes ? 0x3C00 : 0) | ((high >>> n & 1) != 0 ? 0x3C00_0000 : 0);
                    default -> warp.i[d][n] = yes ? -1 : 0;
                }
            }
        }
    }
}
