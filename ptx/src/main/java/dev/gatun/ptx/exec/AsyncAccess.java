package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/**
 * What an operation of the async proxy (a bulk copy, a tensor copy) does to a stretch of shared memory, from its issue until
 * it is known to be over. Instances are told apart by identity.
 */
public final class AsyncAccess {
    private final Warp warp;
    private final int lane;
    private final Step step;
    private final Block owner;
    private final int address;
    private final int byteCount;
    private final boolean writes;
    private final @Nullable Block barrierOwner;
    private final int barrierAddress;

    /**
     * An access that a thread is about to set off.
     *
     * @param owner of the shared memory
     * @param barrierOwner of the memory barrier at which it completes; null if the issuing warp waits for it otherwise
     */
    AsyncAccess(
            Warp warp,
            int lane,
            Step step,
            Block owner,
            int address,
            int byteCount,
            boolean writes,
            @Nullable Block barrierOwner,
            int barrierAddress) {
        this.warp = warp;
        this.lane = lane;
        this.step = step;
        this.owner = owner;
        this.address = address;
        this.byteCount = byteCount;
        this.writes = writes;
        this.barrierOwner = barrierOwner;
        this.barrierAddress = barrierAddress;
    }

    /** Whose lane issued it. */
    public Warp warp() {
        return warp;
    }

    public int lane() {
        return lane;
    }

    public Step step() {
        return step;
    }

    /** The block whose shared memory it touches. */
    public Block owner() {
        return owner;
    }

    /** The first byte, from the beginning of the owner's shared memory. */
    public int address() {
        return address;
    }

    public int byteCount() {
        return byteCount;
    }

    public boolean writes() {
        return writes;
    }

    /** The block in which a memory barrier tells of its end; null if its issuer waits for it otherwise. */
    public @Nullable Block barrierOwner() {
        return barrierOwner;
    }

    public int barrierAddress() {
        return barrierAddress;
    }
}
