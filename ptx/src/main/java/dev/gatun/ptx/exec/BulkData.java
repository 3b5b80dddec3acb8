package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/** One end of a bulk copy: bytes in the order in which they lie in shared memory without swizzle. */
interface BulkData {
    byte[] read();

    /** Replaces the bytes there, or joins them with these. */
    void write(byte[] data, @Nullable Reduction reduction);
}
