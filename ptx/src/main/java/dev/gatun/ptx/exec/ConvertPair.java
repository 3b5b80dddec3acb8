package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.FloatFormat;
import dev.gatun.ptx.num.Half;
import dev.gatun.ptx.num.Rounding;

/** {@code cvt} of two values into one register of packed narrow floats, and back to f16x2. */
final class ConvertPair extends Step {
    private final PtxType to;
    private final PtxType from;
    private final Rounding rounding;
    private final boolean relu;
    private final int d;
    private final int a; // upper half
    private final int b; // lower half; unused when the source is packed

    ConvertPair(PtxType to, PtxType from, Rounding rounding, boolean relu, int d, int a, int b) {
        this.to = to;
        this.from = from;
        this.rounding = rounding;
        this.relu = relu;
        this.d = d;
        this.a = a;
        this.b = b;
    }

    @Override
    void run(Warp warp, int mask) {
        int width = to == PtxType.E4M3X2 || to == PtxType.E5M2X2 ? 8 : 16;
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                warp.i[d][n] = narrow(value(warp, n, false)) | narrow(value(warp, n, true)) << width;
            }
        }
    }

    private double value(Warp warp, int lane, boolean high) {
        return switch (from) {
            case F32 -> high ? warp.f[a][lane] : warp.f[b][lane];
            case F16X2 -> Half.toFloat(warp.i[a][lane] >>> (high ? 16 : 0) & 0xFFFF, false);
            default ->
                (from == PtxType.E4M3X2 ? FloatFormat.E4M3 : FloatFormat.E5M2)
                        .decode(warp.i[a][lane] >>> (high ? 8 : 0) & 0xFF);
        };
    }

    private int narrow(double value) {
        double clipped = relu && value < 0 ? 0 : value;
        return switch (to) {
            case F16X2 -> FloatFormat.F16.encode(clipped, rounding);
            case BF16X2 -> FloatFormat.BF16.encode(clipped, rounding);
            case E4M3X2 -> FloatFormat.E4M3.encodeFinite(clipped, rounding);
            default -> FloatFormat.E5M2.encodeFinite(clipped, rounding);
        };
    }
}
