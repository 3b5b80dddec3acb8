package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.ExactMath;
import dev.gatun.ptx.num.FloatFormat;
import dev.gatun.ptx.num.FloatMath;
import dev.gatun.ptx.num.Half;
import dev.gatun.ptx.num.Rounding;

/** {@code cvt} between any two scalar types; the frequent pairs have loops of their own. */
final class Convert extends Step {
    private enum Way {
        OTHER,
        FROM_SIGNED,
        FROM_UNSIGNED,
        FROM_LOW_BITS,
        FROM_LOW_SIGNED,
        FROM_F16,
        FROM_BF16,
        TO_HALF
    }

    private final PtxType to;
    private final PtxType from;
    private final Rounding rounding;
    private final boolean integral; // an .rni-style mode is given: the value is rounded to an integer first
    private final boolean flushes;
    private final boolean saturates;
    private final boolean relu;
    private final Way way;
    final int d;
    final int a;

    Convert(
            PtxType to,
            PtxType from,
            Rounding rounding,
            boolean integral,
            boolean flushes,
            boolean saturates,
            boolean relu,
            int d,
            int a) {
        this.to = to;
        this.from = from;
        this.rounding = rounding;
        this.integral = integral;
        this.flushes = flushes;
        this.saturates = saturates;
        this.relu = relu;
        boolean plain = !integral && !flushes && !saturates && !relu && rounding == Rounding.NEAREST_EVEN;
        this.way = plain ? way(to, from) : Way.OTHER;
        this.d = d;
        this.a = a;
    }

    private static Way way(PtxType to, PtxType from) {
        if (from == PtxType.F32 && (to == PtxType.F16 || to == PtxType.BF16)) {
            return Way.TO_HALF;
        }
        if (to != PtxType.F32) {
            return Way.OTHER;
        }
        return switch (from) {
            case S32 -> Way.FROM_SIGNED;
            case U32 -> Way.FROM_UNSIGNED;
            case U16, U8 -> Way.FROM_LOW_BITS;
            case S16, S8 -> Way.FROM_LOW_SIGNED;
            case F16 -> Way.FROM_F16;
            case BF16 -> Way.FROM_BF16;
            default -> Way.OTHER;
        };
    }

    /** Whether it makes floats of the lowest bytes of words. */
    boolean isFromBytes() {
        return way == Way.FROM_LOW_BITS && from == PtxType.U8;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        if (fast(warp, mask)) {
            return;
        }
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                convert(warp, n);
            }
        }
    }

    /** The pairs that kernels live on, without modifiers; false for all others. */
    private boolean fast(Warp warp, int mask) {
        if (way == Way.OTHER) {
            return false;
        }
        if (way == Way.TO_HALF) {
            int[] out = warp.out(warp.i[d], mask);
            toHalves(out, warp.f[a], to == PtxType.BF16);
            if (mask != -1) {
                warp.blend(warp.i[d], mask);
            }
            return true;
        }
        int[] x = warp.i[a];
        float[] out = warp.out(warp.f[d], mask);
        switch (way) {
            case FROM_SIGNED -> fromInts(out, x);
            case FROM_UNSIGNED -> fromUnsigned(out, x);
            case FROM_LOW_BITS -> fromBits(out, x, from == PtxType.U8 ? 0xFF : 0xFFFF);
            case FROM_LOW_SIGNED -> fromSigned(out, x, from == PtxType.S8 ? 24 : 16);
            case FROM_F16 -> fromHalves(out, x);
            default -> fromBrains(out, x);
        }
        if (mask != -1) {
            warp.blend(warp.f[d], mask);
        }
        return true;
    }

    private static void fromUnsigned(float[] out, int[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] & 0xFFFF_FFFFL;
        }
    }

    private static void fromBits(float[] out, int[] x, int keep) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] & keep;
        }
    }

    private static void fromSigned(float[] out, int[] x, int shift) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] << shift >> shift;
        }
    }

    private static void toHalves(int[] out, float[] x, boolean brain) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Half.fromFloat(x[n], brain);
        }
    }

    private static void fromInts(float[] out, int[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n];
        }
    }

    private static void fromHalves(float[] out, int[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Float.float16ToFloat((short) x[n]);
        }
    }

    private static void fromBrains(float[] out, int[] x) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = Float.intBitsToFloat(x[n] << 16);
        }
    }

    private void convert(Warp warp, int lane) {
        if (from.isInteger()) {
            long value = integer(warp, lane);
            if (to.isInteger()) {
                put(warp, lane, saturates ? clampInteger(value) : value);
            } else {
                real(warp, lane, oddOf(value));
            }
            return;
        }
        double value = real(warp, lane);
        if (to.isInteger()) {
            put(warp, lane, toInteger(integral ? rounding.toIntegral(value) : value));
        } else {
            real(warp, lane, integral ? rounding.toIntegral(value) : value);
        }
    }

    /** The source as a long; unsigned 64-bit values keep their bits. */
    private long integer(Warp warp, int lane) {
        return switch (from) {
            case S8 -> (byte) warp.i[a][lane];
            case U8 -> warp.i[a][lane] & 0xFF;
            case S16 -> (short) warp.i[a][lane];
            case U16 -> warp.i[a][lane] & 0xFFFF;
            case S32 -> warp.i[a][lane];
            case U32 -> warp.i[a][lane] & 0xFFFF_FFFFL;
            default -> warp.l[a][lane];
        };
    }

    private double real(Warp warp, int lane) {
        return switch (from) {
            case F32 -> flushes ? FloatMath.flush(warp.f[a][lane]) : warp.f[a][lane];
            case F64 -> warp.d[a][lane];
            default -> Half.toFloat(warp.i[a][lane] & 0xFFFF, from == PtxType.BF16);
        };
    }

    /** An integer as a double, rounded to odd if it needs more than 53 bits. */
    private double oddOf(long value) {
        if (to == PtxType.F64) {
            return exactOf(value);
        }
        boolean huge = from == PtxType.U64 && value < 0;
        long half = huge ? value >>> 1 | (value & 1) : value;
        long high = half & ~0x7FFL; // at most 53 significant bits
        double odd = half == high || Math.abs(half) < 1L << 53 ? (double) half : (double) (high | 0x800);
        return huge ? 2 * odd : odd;
    }

    private double exactOf(long value) {
        boolean huge = from == PtxType.U64 && value < 0;
        if (!huge && Math.abs(value) < 1L << 53) {
            return value;
        }
        java.math.BigDecimal exact = new java.math.BigDecimal(
                huge ? new java.math.BigInteger(Long.toUnsignedString(value)) : java.math.BigInteger.valueOf(value));
        double nearest = exact.doubleValue();
        int side = exact.compareTo(new java.math.BigDecimal(nearest));
        boolean down = rounding == Rounding.DOWN || (rounding == Rounding.ZERO && nearest > 0);
        boolean up = rounding == Rounding.UP || (rounding == Rounding.ZERO && nearest < 0);
        return side < 0 && down ? Math.nextDown(nearest) : side > 0 && up ? Math.nextUp(nearest) : nearest;
    }

    private long clampInteger(long value) {
        boolean hugeSource = from == PtxType.U64 && value < 0;
        if (to == PtxType.U64) {
            return !hugeSource && from.isSigned() && value < 0 ? 0 : value;
        }
        int bits = 8 * to.byteSize();
        long most = to.isSigned() ? (1L << (bits - 1)) - 1 : (1L << bits) - 1;
        long least = to.isSigned() ? -most - 1 : 0;
        return hugeSource ? most : Math.max(least, Math.min(most, value));
    }

    /** Clamps as the ISA does without being asked; NaN gives zero, but the top bit for f64 or 64-bit integers. */
    private long toInteger(double value) {
        int bits = 8 * to.byteSize();
        if (Double.isNaN(value)) {
            return from == PtxType.F64 || bits == 64 ? 1L << (bits - 1) : 0;
        }
        if (to == PtxType.U64) {
            if (value <= 0) {
                return 0;
            }
            if (value >= 0x1p64) {
                return -1;
            }
            return value >= 0x1p63 ? (long) (value - 0x1p63) ^ Long.MIN_VALUE : (long) value;
        }
        if (bits == 64) {
            return (long) value;
        }
        long most = to.isSigned() ? (1L << (bits - 1)) - 1 : (1L << bits) - 1;
        long least = to.isSigned() ? -most - 1 : 0;
        return Math.max(least, Math.min(most, (long) value));
    }

    private void put(Warp warp, int lane, long value) {
        switch (to) {
            case S64, U64 -> warp.l[d][lane] = value;
            case S8 -> warp.i[d][lane] = (byte) value;
            case U8 -> warp.i[d][lane] = (int) value & 0xFF;
            case S16 -> warp.i[d][lane] = (short) value;
            case U16 -> warp.i[d][lane] = (int) value & 0xFFFF;
            default -> warp.i[d][lane] = (int) value;
        }
    }

    /** Stores a real that is exact or rounded to odd. */
    private void real(Warp warp, int lane, double value) {
        Rounding narrowing = integral ? Rounding.NEAREST_EVEN : rounding;
        switch (to) {
            case F64 -> warp.d[d][lane] = saturates ? FloatMath.saturate(value) : value;
            case F32 -> {
                float result = ExactMath.toFloat(value, narrowing);
                result = flushes ? FloatMath.flush(result) : result;
                warp.f[d][lane] = saturates ? FloatMath.saturate(result) : result;
            }
            case F16 -> warp.i[d][lane] = half(value, false, narrowing);
            case BF16 -> warp.i[d][lane] = half(value, true, narrowing);
            case TF32 -> {
                int bits = FloatFormat.TF32.encode(relu && value < 0 ? 0 : value, narrowing) << 13;
                warp.i[d][lane] = Double.isNaN(value) ? 0x7FFF_FFFF : bits;
            }
            default -> throw new AssertionError(to);
        }
    }

    private int half(double value, boolean brain, Rounding narrowing) {
        int bits = (brain ? FloatFormat.BF16 : FloatFormat.F16).encode(value, narrowing);
        if (relu) {
            return Half.relu(bits, brain);
        }
        return saturates ? Half.saturate(bits, brain) : bits;
    }
}
