package dev.gatun.kernels.device;

/**
 * The shape of a launch: blocks in three directions, threads in one, and a block's dynamic shared memory. A launcher makes
 * one and refills it, so that a launch allocates nothing.
 */
public final class Grid {
    private final int threads;
    private int x = 1;
    private int y = 1;
    private int z = 1;
    private int sharedByteSize;

    /** A grid of one block of {@code threads} threads. */
    public Grid(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("a block has 1 to 1024 threads: threads=" + threads);
        }
        this.threads = threads;
    }

    /** Sets the number of blocks in each direction, without dynamic shared memory. */
    public Grid blocks(int x, int y, int z) {
        if (x < 1 || y < 1 || z < 1 || y > 65_535 || z > 65_535) {
            throw new IllegalArgumentException(
                    "a grid has 1 to 65535 blocks in y and z: x=" + x + ", y=" + y + ", z=" + z);
        }
        this.x = x;
        this.y = y;
        this.z = z;
        this.sharedByteSize = 0;
        return this;
    }

    /** Sets the dynamic shared memory of a block; {@link #blocks} resets it. */
    public Grid shared(int byteSize) {
        if (byteSize < 0) {
            throw new IllegalArgumentException("sharedByteSize=" + byteSize);
        }
        this.sharedByteSize = byteSize;
        return this;
    }

    public int x() {
        return x;
    }

    public int y() {
        return y;
    }

    public int z() {
        return z;
    }

    /** Threads of a block, all in x. */
    public int threads() {
        return threads;
    }

    public int sharedByteSize() {
        return sharedByteSize;
    }
}
