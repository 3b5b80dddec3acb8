package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;
import org.jspecify.annotations.Nullable;

/** {@code cp.async.bulk} and {@code cp.reduce.async.bulk} of a stretch of bytes. */
final class BulkCopyStep extends BulkStep {
    private final Address to;
    private final Address from;
    private final int size; // int slot
    private final int ranks; // int slot of a multicast's mask, otherwise -1
    private final @Nullable Reduction reduction;

    BulkCopyStep(
            Address to, Address from, int size, @Nullable Address barrier, int ranks, @Nullable Reduction reduction) {
        super(barrier);
        this.reduction = reduction;
        this.to = to;
        this.from = from;
        this.size = size;
        this.ranks = ranks;
    }

    @Override
    void issue(Warp warp, int lane) {
        long wanted = warp.i[size][lane] & 0xFFFF_FFFFL;
        boolean stores = to.space() == StateSpace.GLOBAL;
        boolean loads = from.space() == StateSpace.GLOBAL;
        check(warp, lane, wanted, stores ? at(warp, lane, to) : loads ? at(warp, lane, from) : 0);
        int byteCount = (int) Math.min(wanted, Integer.MAX_VALUE);
        BulkData source =
                loads ? new GlobalPiece(warp, lane, this, at(warp, lane, from), byteCount) : own(warp, lane, byteCount);
        Address completion = barrier;
        if (stores || completion == null) {
            launch(
                    warp,
                    lane,
                    source,
                    new GlobalPiece(warp, lane, this, at(warp, lane, to), byteCount),
                    byteCount,
                    reduction,
                    null,
                    0);
            return;
        }
        SharedPiece sink = shared(warp, lane, to, byteCount, UNIT_BYTES, Swizzle.NONE);
        int at = barrierAt(warp, lane, completion, sink.owner());
        for (Block block : receivers(warp, lane, this, sink.owner(), ranks)) {
            SharedPiece piece = shared(warp, lane, block, sink.at(), byteCount, UNIT_BYTES, Swizzle.NONE);
            launch(warp, lane, source, piece, byteCount, reduction, block, at);
        }
    }

    private SharedPiece own(Warp warp, int lane, int byteCount) {
        SharedPiece piece = shared(warp, lane, from, byteCount, UNIT_BYTES, Swizzle.NONE);
        if (piece.owner() != warp.block) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    this,
                    1 << lane,
                    "copies from shared memory of rank " + piece.owner().rank() + ", but .shared::cta is one's own,");
        }
        return piece;
    }

    /** The blocks that get the data: {@code owner}, or those of a multicast's mask. */
    static Block[] receivers(Warp warp, int lane, Step step, Block owner, int ranks) {
        if (ranks < 0) {
            return new Block[] {owner};
        }
        Cluster cluster = warp.block.cluster();
        int mask = warp.i[ranks][lane] & 0xFFFF;
        if (mask == 0 || mask >>> cluster.blockCount() != 0) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    1 << lane,
                    "multicasts with the mask 0x" + Integer.toHexString(mask) + " in a cluster of "
                            + cluster.blockCount() + " blocks,");
        }
        Block[] receivers = new Block[Integer.bitCount(mask)];
        for (int rank = 0, n = 0; n < receivers.length; rank++) {
            if ((mask >>> rank & 1) != 0) {
                receivers[n++] = cluster.owner(warp, step, lane, (long) (rank + 1) << 24);
            }
        }
        return receivers;
    }
}
