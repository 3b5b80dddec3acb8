package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.num.FloatFormat;

/**
 * A matrix of {@code wgmma} in shared memory: the rows of A that a warp needs, or all columns of B.
 *
 * @param lines   rows or columns, a multiple of 8
 * @param acrossK whether it is MN-major
 */
record WarpgroupOperand(PtxType type, int lines, boolean acrossK) {
    private static final int CHUNK = 16;
    private static final int ROW_BYTES = 32; // of k, whatever the type

    private int elements() {
        return CHUNK / type.byteSize();
    }

    int depth() {
        return ROW_BYTES / type.byteSize();
    }

    private int chunks() {
        return lines * ROW_BYTES / CHUNK;
    }

    /** The chunks in groups of eight that follow each other across, as the hardware fetches core matrices. */
    private int address(MatrixDescriptor descriptor, int firstLine, int chunk) {
        int eighth = chunk & 7;
        int group = chunk >>> 3;
        if (!acrossK) {
            return descriptor.alongK(firstLine + 8 * (group >>> 1) + eighth, group & 1);
        }
        int blocks = lines / 8;
        return descriptor.across(8 * (group / blocks) + eighth, firstLine / 8 + group % blocks);
    }

    /** Tells who watches; faults for chunks outside shared memory. */
    void touch(Warp warp, Step step, MatrixDescriptor descriptor, int firstLine, Watcher.Access access) {
        int limit = warp.block.shared.length - CHUNK;
        Watcher watcher = warp.block.watcher;
        long[] at = warp.addresses;
        for (int chunk = 0; chunk < chunks(); chunk += Warp.LANES) {
            int count = Math.min(Warp.LANES, chunks() - chunk);
            for (int n = 0; n < count; n++) {
                at[n] = address(descriptor, firstLine, chunk + n);
                if (at[n] > limit) {
                    throw warp.fault(
                            PtxFault.Kind.ADDRESS,
                            step,
                            1,
                            "multiplies a matrix with 16 bytes at shared+0x" + Long.toHexString(at[n])
                                    + ", outside the " + warp.block.shared.length + " bytes of shared memory,");
                }
            }
            if (watcher != null) {
                int mask = count == Warp.LANES ? -1 : (1 << count) - 1;
                watcher.access(warp, step, StateSpace.SHARED, access, mask, at, CHUNK);
            }
        }
    }

    /** Writes element (line, k) to {@code into[line * lineStride + k * kStride]}, times {@code factor}. */
    void read(
            byte[] shared,
            MatrixDescriptor descriptor,
            int firstLine,
            float[] into,
            int lineStride,
            int kStride,
            float factor) {
        int elements = elements();
        for (int chunk = 0; chunk < chunks(); chunk++) {
            int from = address(descriptor, firstLine, chunk);
            int eighth = chunk & 7;
            int group = chunk >>> 3;
            int blocks = lines / 8;
            int line = acrossK ? 8 * (group % blocks) : 8 * (group >>> 1) + eighth;
            int k = acrossK ? 8 * (group / blocks) + eighth : (group & 1) * elements;
            int to = line * lineStride + k * kStride;
            int step = acrossK ? lineStride : kStride;
            for (int e = 0; e < elements; e++) {
                into[to + e * step] = factor * element(shared, from, e);
            }
        }
    }

    private float element(byte[] shared, int from, int e) {
        return switch (type) {
            case F16 -> Float.float16ToFloat((short) Bytes.readShort(shared, from + 2 * e));
            case BF16 -> Float.intBitsToFloat(Bytes.readShort(shared, from + 2 * e) << 16);
            case TF32 -> Float.intBitsToFloat(Bytes.readInt(shared, from + 4 * e) & 0xFFFF_E000);
            default -> ofByte(type, shared[from + e]);
        };
    }

    /** The value of an 8-bit element. */
    static float ofByte(PtxType type, int bits) {
        return switch (type) {
            case S8 -> (byte) bits;
            case U8 -> bits & 0xFF;
            case E4M3 -> (float) FloatFormat.E4M3.decode(bits & 0xFF);
            case E5M2 -> (float) FloatFormat.E5M2.decode(bits & 0xFF);
            default -> throw new AssertionError(type);
        };
    }
}
