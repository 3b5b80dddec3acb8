package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/** A byte of a word as a weight: {@code shr.u32} by a constant (or none), {@code cvt.rn.f32.u8}, {@code fma.rn.f32}. */
final class UnpackCode extends FusedStep {
    private final int word; // int slot
    private final int shifted; // int slot, -1 without a shift
    private final int amount;
    private final int weight; // float slot
    private final int scale; // float slot
    private final int minimum; // float slot

    private UnpackCode(Step[] code, int from, @Nullable ShiftByConstant shift, Convert convert, FloatTernary scaling) {
        super(code, from, shift == null ? 2 : 3);
        word = shift == null ? convert.a : shift.a;
        shifted = shift == null ? -1 : shift.d;
        amount = shift == null ? 0 : shift.amount;
        weight = scaling.d;
        scale = scaling.b;
        minimum = scaling.c;
    }

    static @Nullable UnpackCode at(Step[] code, int pc) {
        ShiftByConstant shift =
                code[pc] instanceof ShiftByConstant first && first.guard < 0 && first.isUnsignedRight() ? first : null;
        int next = shift == null ? pc : pc + 1;
        if (next + 1 >= code.length
                || !(code[next] instanceof Convert convert)
                || !(code[next + 1] instanceof FloatTernary scaling)) {
            return null;
        }
        boolean converts = convert.guard < 0 && convert.isFromBytes() && (shift == null || convert.a == shift.d);
        return converts && scaling.guard < 0 && scaling.scales(convert.d)
                ? new UnpackCode(code, pc, shift, convert, scaling)
                : null;
    }

    @Override
    void runWhole(Warp warp) {
        if (shifted < 0) {
            unpack(warp.f[weight], warp.i[word], warp.f[scale], warp.f[minimum]);
        } else {
            unpack(warp.f[weight], warp.i[shifted], warp.i[word], amount, warp.f[scale], warp.f[minimum]);
        }
    }

    private static void unpack(float[] out, int[] words, float[] scales, float[] minima) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Math.fma((float) (words[n] & 0xFF), scales[n], minima[n]);
        }
    }

    private static void unpack(float[] out, int[] shifted, int[] words, int amount, float[] scales, float[] minima) {
        for (int n = 0; n < Warp.LANES; n++) {
            int moved = words[n] >>> amount;
            shifted[n] = moved;
            out[n] = Math.fma((float) (moved & 0xFF), scales[n], minima[n]);
        }
    }
}
