package dev.gatun.ptx.exec;

/**
 * How the 16-byte chunks of a tile are spread over the banks of shared memory (PTX ISA, "Swizzling Modes").
 *
 * <p>The lowest bits of a chunk's number in its span are XORed with those of the 128-byte line it lies in, both taken
 * from the address in shared memory.
 */
public enum Swizzle {
    NONE(0, 0),
    BYTES_32(1, 32),
    BYTES_64(2, 64),
    BYTES_128(3, 128);

    private static final int CHUNK_SHIFT = 4;
    private static final int LINE_SHIFT = 7;

    private final int code;
    private final int spanBytes;

    Swizzle(int code, int spanBytes) {
        this.code = code;
        this.spanBytes = spanBytes;
    }

    /** The number that {@code CUtensorMapSwizzle} has for it. */
    public int code() {
        return code;
    }

    /** The stretch within which chunks change places; 0 for {@link #NONE}. */
    public int spanBytes() {
        return spanBytes;
    }

    /** Where the byte that would lie at {@code address} of shared memory lies instead; its own inverse. */
    public int apply(int address) {
        int mask = Math.max(spanBytes >> CHUNK_SHIFT, 1) - 1;
        return address ^ (address >>> LINE_SHIFT & mask) << CHUNK_SHIFT;
    }
}
