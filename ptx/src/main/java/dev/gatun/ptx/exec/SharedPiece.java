package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/** A stretch of one block's shared memory as an end of a bulk copy; whole chunks of 16 bytes if it is swizzled. */
record SharedPiece(Block owner, int at, int byteCount, Swizzle swizzle) implements BulkData {
    private static final int CHUNK = 16;

    @Override
    public byte[] read() {
        byte[] data = new byte[byteCount];
        if (swizzle == Swizzle.NONE) {
            System.arraycopy(owner.shared, at, data, 0, byteCount);
            return data;
        }
        for (int offset = 0; offset < byteCount; offset += CHUNK) {
            System.arraycopy(owner.shared, swizzle.apply(at + offset), data, offset, CHUNK);
        }
        return data;
    }

    @Override
    public void write(byte[] data, @Nullable Reduction reduction) {
        byte[] wanted = reduction == null ? data : reduction.join(read(), data);
        if (swizzle == Swizzle.NONE) {
            System.arraycopy(wanted, 0, owner.shared, at, byteCount);
            return;
        }
        for (int offset = 0; offset < byteCount; offset += CHUNK) {
            System.arraycopy(wanted, offset, owner.shared, swizzle.apply(at + offset), CHUNK);
        }
    }
}
