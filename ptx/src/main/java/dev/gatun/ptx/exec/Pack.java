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
    void run(Warp warp, int mask) {
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
}
