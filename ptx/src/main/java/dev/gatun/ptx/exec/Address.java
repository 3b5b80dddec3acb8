package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;

/**
 * The address operand of a memory instruction: a register plus an offset, or a constant.
 *
 * @param slot        of a long register, or of an int register if {@code narrow}; -1 for a constant
 * @param offsetBytes added; the whole address for a constant
 */
record Address(StateSpace space, int slot, boolean narrow, long offsetBytes) {
    /** The address of each lane, in the warp's scratch; lanes outside the mask hold something. */
    long[] resolve(Warp warp) {
        long[] out = warp.addresses;
        if (slot < 0) {
            java.util.Arrays.fill(out, offsetBytes);
        } else if (narrow) {
            addInts(out, warp.i[slot], offsetBytes);
        } else {
            addLongs(out, warp.l[slot], offsetBytes);
        }
        return out;
    }

    private static void addLongs(long[] out, long[] base, long offset) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = base[n] + offset;
        }
    }

    private static void addInts(long[] out, int[] base, long offset) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = (base[n] & 0xFFFF_FFFFL) + offset;
        }
    }

    /**
     * For generic addresses: the lanes of {@code mask} whose address lies in the same space as that of the lowest lane;
     * their addresses are made relative to that space.
     */
    static int sameSpace(long[] at, int mask, StateSpace space) {
        int same = 0;
        long base = Windows.base(space);
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0 && Windows.space(at[n]) == space) {
                same |= 1 << n;
                at[n] -= base;
            }
        }
        return same;
    }

    /** Faults unless the addresses of all lanes are multiples of {@code byteCount}, a power of two. */
    static void checkAligned(Warp warp, Step step, long[] at, int mask, int byteCount) {
        long low = 0;
        if (mask == -1) {
            for (int n = 0; n < Warp.LANES; n++) {
                low |= at[n];
            }
        } else {
            for (int n = 0; n < Warp.LANES; n++) {
                low |= at[n] & -(mask >>> n & 1);
            }
        }
        if ((low & (byteCount - 1)) != 0) {
            throw misaligned(warp, step, at, mask, byteCount);
        }
    }

    private static PtxFault misaligned(Warp warp, Step step, long[] at, int mask, int byteCount) {
        int lane = 0;
        while ((mask >>> lane & 1) == 0 || (at[lane] & (byteCount - 1)) == 0) {
            lane++;
        }
        return warp.fault(
                PtxFault.Kind.MISALIGNED,
                step,
                1 << lane,
                "accesses " + byteCount + " bytes at 0x" + Long.toHexString(at[lane]) + ", which is no multiple of "
                        + byteCount + ",");
    }
}
