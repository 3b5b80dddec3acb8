package dev.gatun.ptx.check;

/** What a {@link Checker} can look for. */
public enum Check {
    /** Two warps of a block touch the same shared memory, one writes, and nothing orders them. */
    SHARED_RACE("shared-memory race"),
    /** Two blocks touch the same global memory, one writes, and no atomic or acquire/release orders them. */
    GLOBAL_RACE("global-memory race"),
    /** Lanes of a warp exchange data through shared memory without a warp-wide instruction in between. */
    WARP_SYNC("missing bar.warp.sync"),
    /** Something depends on what a shuffle fetched from a lane that takes no part in it. */
    SHUFFLE("value shuffled from an absent lane"),
    /** A register or shared or local memory is used before it is written. */
    INIT("uninitialised use"),
    /** Not all threads of a warp come to an aligned barrier together. */
    BARRIER("barrier divergence"),
    /** {@code ld.global.nc} reads memory that the same kernel writes. */
    READ_ONLY("read-only load of written memory"),
    /** A register of {@code wgmma} is used before its wait, or a {@code wgmma} without the fence it needs. */
    WARPGROUP("register of wgmma out of order"),
    /** What the grid before wrote is touched ahead of {@code griddepcontrol.wait}. */
    GRID_DEPENDENCY("access ahead of griddepcontrol.wait"),
    /** A bulk copy, a tensor copy or a {@code wgmma} touches what no {@code fence.proxy.async} showed to the async proxy. */
    ASYNC_PROXY("missing fence.proxy.async"),
    /** A block exits while a bulk or tensor copy may still touch its shared memory. */
    ASYNC_EXIT("exit during a bulk copy"),
    /** Shared memory of another block is touched before that block is known to run, or when it may have exited. */
    CLUSTER_LIFETIME("shared memory of a block that may not run");

    private final String title;

    Check(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
