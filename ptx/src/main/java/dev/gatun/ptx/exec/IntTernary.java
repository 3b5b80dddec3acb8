package dev.gatun.ptx.exec;

/** 32-bit integer instructions of three operands. */
final class IntTernary extends Step {
    enum Op {
        MAD_LO,
        DOT4_SIGNED,
        DOT4_UNSIGNED,
        DOT4_SIGNED_UNSIGNED,
        DOT4_UNSIGNED_SIGNED,
        MAD_HI_SIGNED,
        MAD_HI_UNSIGNED,
        MAD_HI_SATURATE,
        MAD24_LO_SIGNED,
        MAD24_LO_UNSIGNED,
        MAD24_HI_SIGNED,
        MAD24_HI_UNSIGNED,
        MAD24_HI_SATURATE,
        SAD_SIGNED,
        SAD_UNSIGNED,
        EXTRACT_SIGNED,
        EXTRACT_UNSIGNED,
        FUNNEL_LEFT_CLAMP,
        FUNNEL_LEFT_WRAP,
        FUNNEL_RIGHT_CLAMP,
        FUNNEL_RIGHT_WRAP,
        PERMUTE,
        NTH_SET
    }

    private final Op op;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    IntTernary(Op op, int d, int a, int b, int c) {
        this.op = op;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] x = warp.i[a];
        int[] y = warp.i[b];
        int[] z = warp.i[c];
        int[] to = warp.i[d];
        int[] out = warp.out(to, mask);
        switch (op) {
            case MAD_LO -> multiplyAdd(out, x, y, z);
            case DOT4_SIGNED -> dotSigned(out, x, y, z);
            case DOT4_UNSIGNED -> dotUnsigned(out, x, y, z);
            case DOT4_SIGNED_UNSIGNED -> dotMixed(out, x, y, z);
            case DOT4_UNSIGNED_SIGNED -> dotMixed(out, y, x, z);
            default -> rare(out, x, y, z);
        }
        if (mask != -1) {
            warp.blend(to, mask);
        }
    }

    private static void multiplyAdd(int[] out, int[] x, int[] y, int[] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = x[n] * y[n] + z[n];
        }
    }

    private static void dotSigned(int[] out, int[] x, int[] y, int[] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            int p = x[n];
            int q = y[n];
            out[n] = z[n]
                    + (p << 24 >> 24) * (q << 24 >> 24)
                    + (p << 16 >> 24) * (q << 16 >> 24)
                    + (p << 8 >> 24) * (q << 8 >> 24)
                    + (p >> 24) * (q >> 24);
        }
    }

    private static void dotUnsigned(int[] out, int[] x, int[] y, int[] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            int p = x[n];
            int q = y[n];
            out[n] = z[n]
                    + (p & 0xFF) * (q & 0xFF)
                    + (p >>> 8 & 0xFF) * (q >>> 8 & 0xFF)
                    + (p >>> 16 & 0xFF) * (q >>> 16 & 0xFF)
                    + (p >>> 24) * (q >>> 24);
        }
    }

    /** The bytes of {@code x} are signed, those of {@code y} are not. */
    private static void dotMixed(int[] out, int[] x, int[] y, int[] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            int p = x[n];
            int q = y[n];
            out[n] = z[n]
                    + (p << 24 >> 24) * (q & 0xFF)
                    + (p << 16 >> 24) * (q >>> 8 & 0xFF)
                    + (p << 8 >> 24) * (q >>> 16 & 0xFF)
                    + (p >> 24) * (q >>> 24);
        }
    }

    private void rare(int[] out, int[] x, int[] y, int[] z) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = value(x[n], y[n], z[n]);
        }
    }

    private int value(int x, int y, int z) {
        return switch (op) {
            case MAD_HI_SIGNED -> (int) (((long) x * y) >> 32) + z;
            case MAD_HI_UNSIGNED -> (int) (((x & 0xFFFF_FFFFL) * (y & 0xFFFF_FFFFL)) >>> 32) + z;
            case MAD_HI_SATURATE -> IntMath.saturate((((long) x * y) >> 32) + z);
            case MAD24_LO_SIGNED -> (int) signed24(x, y) + z;
            case MAD24_LO_UNSIGNED -> (int) unsigned24(x, y) + z;
            case MAD24_HI_SIGNED -> (int) (signed24(x, y) >> 16) + z;
            case MAD24_HI_UNSIGNED -> (int) (unsigned24(x, y) >> 16) + z;
            case MAD24_HI_SATURATE -> IntMath.saturate((signed24(x, y) >> 16) + z);
            case SAD_SIGNED -> z + (x < y ? y - x : x - y);
            case SAD_UNSIGNED -> z + (Integer.compareUnsigned(x, y) < 0 ? y - x : x - y);
            case EXTRACT_SIGNED -> (int) IntMath.extract(x, y, z, 32, true);
            case EXTRACT_UNSIGNED -> (int) IntMath.extract(x, y, z, 32, false);
            case FUNNEL_LEFT_CLAMP -> funnelLeft(x, y, clamp(z));
            case FUNNEL_LEFT_WRAP -> funnelLeft(x, y, z & 31);
            case FUNNEL_RIGHT_CLAMP -> funnelRight(x, y, clamp(z));
            case FUNNEL_RIGHT_WRAP -> funnelRight(x, y, z & 31);
            case PERMUTE -> IntMath.permute(x, y, z);
            case NTH_SET -> IntMath.nthSet(x, y, z);
            default -> throw new AssertionError(op);
        };
    }

    private static long signed24(int x, int y) {
        return (long) (x << 8 >> 8) * (y << 8 >> 8);
    }

    private static long unsigned24(int x, int y) {
        return (x & 0xFF_FFFFL) * (y & 0xFF_FFFFL);
    }

    private static int clamp(int amount) {
        return Integer.compareUnsigned(amount, 32) > 0 ? 32 : amount;
    }

    private static int funnelLeft(int low, int high, int amount) {
        long both = (low & 0xFFFF_FFFFL) | (long) high << 32;
        return (int) (both << amount >>> 32);
    }

    private static int funnelRight(int low, int high, int amount) {
        long both = (low & 0xFFFF_FFFFL) | (long) high << 32;
        return (int) (both >>> amount);
    }
}
