package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;

/** {@code ldmatrix} and {@code stmatrix}: 8x8 matrices of 16-bit elements between shared memory and fragments. */
final class LdMatrix extends Step {
    private static final int ROW_BYTES = 16;

    private final boolean stores;
    private final Address address;
    private final int[] registers;
    private final boolean transposed;

    LdMatrix(boolean stores, Address address, int[] registers, boolean transposed) {
        this.stores = stores;
        this.address = address;
        this.registers = registers;
        this.transposed = transposed;
    }

    @Override
    void run(Warp warp, int mask) {
        if (mask != -1) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    mask,
                    "executes a matrix instruction with active lanes 0x" + Integer.toHexString(mask) + ", not all 32,");
        }
        int rowCount = 8 * registers.length;
        int addressing = rowCount == 32 ? -1 : (1 << rowCount) - 1;
        long[] at = rows(warp, addressing);
        int[] rows = warp.matrix.rows;
        for (int r = 0; r < rowCount; r++) {
            rows[r] = (int) at[r];
        }
        Watcher watcher = warp.block.watcher;
        if (watcher != null) {
            watcher.access(
                    warp,
                    this,
                    StateSpace.SHARED,
                    stores ? Watcher.Access.WRITE : Watcher.Access.READ,
                    addressing,
                    at,
                    ROW_BYTES);
        }
        byte[] shared = warp.block.shared;
        for (int m = 0; m < registers.length; m++) {
            int[] fragment = warp.i[registers[m]];
            if (stores) {
                store(fragment, rows, 8 * m, shared);
            } else if (transposed) {
                loadTransposed(fragment, rows, 8 * m, shared);
            } else {
                load(fragment, rows, 8 * m, shared);
            }
        }
        if (watcher != null) {
            watcher.warpSynchronizes(warp, this, mask);
        }
    }

    private long[] rows(Warp warp, int mask) {
        long[] at = address.resolve(warp);
        if (address.space() == StateSpace.GENERIC && Address.sameSpace(at, mask, StateSpace.SHARED) != mask) {
            throw warp.fault(PtxFault.Kind.ADDRESS, this, mask, "gives a matrix row outside shared memory");
        }
        Address.checkAligned(warp, this, at, mask, ROW_BYTES);
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0 && (at[n] < 0 || at[n] > warp.block.shared.length - ROW_BYTES)) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        this,
                        1 << n,
                        "gives a matrix row of 16 bytes at shared+0x" + Long.toHexString(at[n]) + ", outside the "
                                + warp.block.shared.length + " bytes of shared memory,");
            }
        }
        return at;
    }

    private static void load(int[] fragment, int[] rows, int first, byte[] shared) {
        for (int n = 0; n < Warp.LANES; n++) {
            fragment[n] = Bytes.readInt(shared, rows[first + (n >> 2)] + 4 * (n & 3));
        }
    }

    private static void loadTransposed(int[] fragment, int[] rows, int first, byte[] shared) {
        for (int n = 0; n < Warp.LANES; n++) {
            int row = first + 2 * (n & 3);
            int column = 2 * (n >> 2);
            fragment[n] =
                    Bytes.readShort(shared, rows[row] + column) | Bytes.readShort(shared, rows[row + 1] + column) << 16;
        }
    }

    private void store(int[] fragment, int[] rows, int first, byte[] shared) {
        for (int n = 0; n < Warp.LANES; n++) {
            if (transposed) {
                int row = first + 2 * (n & 3);
                int column = 2 * (n >> 2);
                Bytes.writeShort(shared, rows[row] + column, fragment[n]);
                Bytes.writeShort(shared, rows[row + 1] + column, fragment[n] >>> 16);
            } else {
                Bytes.writeInt(shared, rows[first + (n >> 2)] + 4 * (n & 3), fragment[n]);
            }
        }
    }
}
