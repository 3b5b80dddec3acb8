package dev.gatun.ptx.exec;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Blocks that run together and reach each other's shared memory; a cluster of one is an ordinary block.
 *
 * <p>An address in the window of the cluster is {@code (rank + 1) << 24 | offset}; a plain offset is the reader's own.
 */
public final class Cluster {
    private static final int RANK_SHIFT = 24;
    private static final long OFFSET_MASK = (1L << RANK_SHIFT) - 1;
    private static final int STALLED_ROUNDS = 1024; // without an event at any memory barrier, all warps waiting at one

    private final Launch launch;
    private final Dim3 size;
    private final Block[] blocks;
    private final int[] order;
    private final ClusterBarrier barrier;
    private final BulkFlights flights = new BulkFlights();
    private boolean mapped; // an address of another block may be about
    private boolean busy; // something happened at a memory barrier in this round, or a warp was not waiting at one
    private int stalledRounds;

    Cluster(Launch launch) {
        this.launch = launch;
        this.size = launch.cluster();
        this.blocks = new Block[Math.toIntExact(size.count())];
        this.order = new int[blocks.length];
        for (int rank = 0; rank < blocks.length; rank++) {
            blocks[rank] = new Block(launch, this, rank);
        }
        this.barrier = new ClusterBarrier(blocks);
    }

    /** Begins the cluster of this number, x fastest. */
    void start(long clusterIndex) {
        mapped = false;
        stalledRounds = 0;
        flights.clear();
        barrier.reset();
        Dim3 grid = launch.grid();
        long across = grid.x() / size.x();
        long down = grid.y() / size.y();
        long x = clusterIndex % across * size.x();
        long y = clusterIndex / across % down * size.y();
        long z = clusterIndex / (across * down) * size.z();
        launch.options().order().arrange(order, launch.options().seed() + clusterIndex);
        for (int rank = 0; rank < blocks.length; rank++) {
            long blockX = x + rank % size.x();
            long blockY = y + rank / size.x() % size.y();
            long blockZ = z + rank / (size.x() * size.y());
            blocks[rank].start(blockX + grid.x() * (blockY + grid.y() * blockZ));
        }
    }

    /** Runs until all blocks are done (true) or each warp has used its slice or waits (false). */
    boolean advance() {
        boolean moved = false;
        boolean alive = false;
        busy = false;
        for (int rank : order) {
            Block block = blocks[rank];
            if (!block.isDone()) {
                moved |= block.round();
                alive |= !block.isDone();
            }
        }
        if (!alive) {
            return true;
        }
        stalledRounds = busy || maySpin() ? 0 : stalledRounds + 1;
        if (!moved || stalledRounds > STALLED_ROUNDS) {
            String report = Stream.of(blocks).map(StallReport::of).collect(Collectors.joining("\n"));
            throw new PtxFault(
                    PtxFault.Kind.DEADLOCK, 0, "deadlock in " + launch.entryName() + "\n" + report + flights.report());
        }
        return false;
    }

    /** Says that warps get on, so that waiting ones are no deadlock. */
    void noteProgress() {
        busy = true;
    }

    boolean maySpin() {
        for (Block block : blocks) {
            if (block.maySpin()) {
                return true;
            }
        }
        return false;
    }

    /** How many blocks it has in each direction. */
    public Dim3 size() {
        return size;
    }

    public int blockCount() {
        return blocks.length;
    }

    /** The block of a rank, x fastest. */
    public Block block(int rank) {
        return blocks[rank];
    }

    ClusterBarrier barrier() {
        return barrier;
    }

    BulkFlights flights() {
        return flights;
    }

    boolean isMapped() {
        return mapped;
    }

    /** The address in the cluster's window of what a block knows as {@code at}. */
    long map(long at, int rank) {
        mapped = true;
        return (at & OFFSET_MASK) | (long) (rank + 1) << RANK_SHIFT;
    }

    /** The rank of the block that an address means, {@code own} for a plain offset. */
    static int rank(long at, int own) {
        long tag = at >> RANK_SHIFT;
        return tag == 0 ? own : (int) Math.min(tag - 1, Integer.MAX_VALUE);
    }

    static long offset(long at) {
        return at & OFFSET_MASK;
    }

    /** The block that an address of {@code warp} means; a fault if there is none or it has exited. */
    Block owner(Warp warp, Step step, int lane, long at) {
        int rank = rank(at, warp.block.rank());
        if (at < 0 || rank < 0 || rank >= blocks.length) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    step,
                    1 << lane,
                    "uses 0x" + Long.toHexString(at) + " as shared memory of a cluster of " + blocks.length
                            + " blocks,");
        }
        Block owner = blocks[rank];
        if (owner.isDone()) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    step,
                    1 << lane,
                    "reaches into shared memory of block " + owner.gridSize().describe(owner.index()) + " (rank " + rank
                            + "), which has exited (a barrier.cluster at its end keeps it)");
        }
        return owner;
    }
}
