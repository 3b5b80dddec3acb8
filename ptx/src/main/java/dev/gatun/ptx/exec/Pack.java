package dev.gatun.ptx.exec;

/** {@code mov} of a vector into one register or back: two or four parts of 8, 16 or 32 bits. */
final class Pack extends Step {
    private final boolean unpacks;
    private final boolean wide; // the whole is 64 bits
    private final int whole;
    private final int[] parts; // int slots
    private final int partBits;

    Pack(boolean unpacks, boolean wide, int whole, int[] parts) {
        this.unpacks = unpacks;
        this.wide = wide;
        this.whole = whole;
        this.parts = parts;
        this.partBits = (wide ? 64 : 32) / parts.length;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void run(Warp warp, int mask) {
        if (mask == -1 && !wide && parts.length == 2) {
            if (unpacks) {
                split(warp.i[whole], warp.i[parts[0]], warp.i[parts[1]], warp.scratchInt);
            } else {
                merge(warp.i[parts[0]], warp.i[parts[1]], warp.i[whole]);
            }
            return;
        }
        long keep = (1L << partBits) - 1;
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) == 0) {
                continue;
            }
            if (unpacks) {
                long bits = wide ? warp.l[whole][n] : warp.i[whole][n];
                for (int part = 0; part < parts.length; part++) {
                    warp.i[parts[part]][n] = (int) (bits >>> (part * partBits) & keep);
                }
            } else {
                long bits = 0;
                for (int part = 0; part < parts.length; part++) {
                    bits |= (warp.i[parts[part]][n] & keep) << (part * partBits);
                }
                if (wide) {
                    warp.l[whole][n] = bits;
                } else {
                    warp.i[whole][n] = (int) bits;
                }
            }
        }
    }

    /** A part may live in the register of the whole, hence the copy. */
    private static void split(int[] bits, int[] low, int[] high, int[] copy) {
        System.arraycopy(bits, 0, copy, 0, Warp.LANES);
        for (int n = 0; n < Warp.LANES; n++) {
            low[n] = copy[n] & 0xFFFF;
        }
        for (int n = 0; n < Warp.LANES; n++) {
            high[n] = copy[n] >>> 16;
        }
    }

    private static void merge(int[] low, int[] high, int[] out) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = (low[n] & 0xFFFF) | high[n] << 16;
        }
    }
}
