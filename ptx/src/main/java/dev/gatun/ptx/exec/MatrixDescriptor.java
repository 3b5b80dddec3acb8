package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/**
 * Where {@code wgmma} finds a matrix in shared memory (PTX ISA, "Matrix Descriptor Format" and "Strides").
 *
 * <p>A matrix consists of chunks of 16 bytes. K-major, a chunk lies along k, and the 32 bytes of a row are two chunks;
 * MN-major, a chunk lies along the rows of A or the columns of B, 8 elements of 16 bits. Eight chunks that follow each other
 * across make up a core matrix. Without a swizzle a core matrix is 128 bytes in a row; with a swizzle of w bytes its chunks
 * lie w bytes apart, and bits 4 and on of an address are exclusive-ored with bits 7 and on, as {@code cp.async.bulk.tensor}
 * does it.
 *
 * @param start        byte offset in shared memory
 * @param leading      bytes from one core matrix to the next along k (K-major, no swizzle, and MN-major, no swizzle), or
 *                     from one swizzle width to the next across (MN-major); unused for K-major with a swizzle
 * @param stride       bytes from eight rows to the next eight (K-major), from eight k to the next eight (MN-major with a
 *                     swizzle), or from eight across to the next eight (MN-major without)
 * @param base         which of the rows of 128 bytes the swizzle pattern begins with
 * @param swizzleBytes 16 for none, 32, 64 or 128
 */
record MatrixDescriptor(int start, int leading, int stride, int base, int swizzleBytes) {
    private static final int FIELD = 0x3FFF;
    private static final long RESERVED = ~(FIELD | (long) FIELD << 16 | (long) FIELD << 32 | 7L << 49 | 3L << 62);
    private static final int CHUNK = 16;
    private static final int[] SWIZZLES = {16, 128, 64, 32};

    static MatrixDescriptor of(long bits) {
        return new MatrixDescriptor(
                field(bits, 0),
                field(bits, 16),
                field(bits, 32),
                (int) (bits >>> 49) & 7,
                SWIZZLES[(int) (bits >>> 62)]);
    }

    private static int field(long bits, int shift) {
        return ((int) (bits >>> shift) & FIELD) << 4;
    }

    /** What is wrong with a descriptor, or null. */
    static @Nullable String flaw(long bits) {
        if ((bits & RESERVED) != 0) {
            return "with bits 0x" + Long.toHexString(bits & RESERVED) + " set, which mean nothing";
        }
        MatrixDescriptor descriptor = of(bits);
        int rows = descriptor.swizzleMask();
        if (((descriptor.start >>> 7) & rows) != (descriptor.base & rows)) {
            return "that starts at shared+0x" + Integer.toHexString(descriptor.start) + ", row "
                    + ((descriptor.start >>> 7) & rows) + " of a pattern of the " + descriptor.swizzleBytes
                    + "-byte swizzle, but has base offset " + descriptor.base;
        }
        return null;
    }

    private int swizzleMask() {
        return (swizzleBytes >>> 4) - 1;
    }

    /** Of chunk {@code half} (0 or 1) along k of a row of A or a column of B. */
    int alongK(int row, int half) {
        int group = start + (row >>> 3) * stride;
        return swizzleBytes == CHUNK
                ? group + (row & 7) * CHUNK + half * leading
                : swizzled(group + (row & 7) * swizzleBytes + half * CHUNK);
    }

    /** Of the chunk with elements {@code 8 block} to {@code 8 block + 7} across of row {@code k}. */
    int across(int k, int block) {
        if (swizzleBytes == CHUNK) {
            return start + block * stride + (k & 7) * CHUNK + (k >>> 3) * leading;
        }
        int blocks = swizzleBytes / CHUNK;
        int row = start + (k & 7) * swizzleBytes + (k >>> 3) * stride;
        return swizzled(row + block / blocks * leading + block % blocks * CHUNK);
    }

    private int swizzled(int at) {
        return at ^ (((at >>> 7) - base) & swizzleMask()) << 4;
    }
}
