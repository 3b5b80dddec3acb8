package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;
import org.jspecify.annotations.Nullable;

/** A copy of the async proxy on its way: what it reads, where it goes, and the memory barrier that hears of its end. */
final class BulkCopy {
    final Warp warp;
    final int lane;
    final Step step;
    private final BulkData from;
    private final BulkData to;
    private final int byteCount;
    private final @Nullable Reduction reduction;
    private final @Nullable Block barrierOwner;
    private final int barrierAddress;
    private final @Nullable AsyncAccess reading;
    private final @Nullable AsyncAccess writing;
    private byte @Nullable [] data;

    BulkCopy(
            Warp warp,
            int lane,
            Step step,
            BulkData from,
            BulkData to,
            int byteCount,
            @Nullable Reduction reduction,
            @Nullable Block barrierOwner,
            int barrierAddress) {
        this.warp = warp;
        this.lane = lane;
        this.step = step;
        this.from = from;
        this.to = to;
        this.byteCount = byteCount;
        this.reduction = reduction;
        this.barrierOwner = barrierOwner;
        this.barrierAddress = barrierAddress;
        this.reading = access(from, false);
        this.writing = access(to, true);
    }

    private @Nullable AsyncAccess access(BulkData end, boolean writes) {
        return end instanceof SharedPiece piece
                ? new AsyncAccess(
                        warp,
                        lane,
                        step,
                        piece.owner(),
                        piece.at(),
                        piece.byteCount(),
                        writes,
                        barrierOwner,
                        barrierAddress)
                : null;
    }

    /** Looks whether the global memory is there, and tells the watcher of what begins. */
    void begin() {
        Watcher.Access change = reduction == null ? Watcher.Access.WRITE : Watcher.Access.ATOMIC;
        announce(from, Watcher.Access.ASYNC_READ);
        announce(to, change);
        Watcher watcher = warp.block.watcher;
        if (watcher != null && reading != null) {
            watcher.asyncBegins(reading);
        }
        if (watcher != null && writing != null) {
            watcher.asyncBegins(writing);
        }
    }

    private static void announce(BulkData end, Watcher.Access access) {
        if (end instanceof TensorBox box) {
            box.announce(access);
        } else if (end instanceof GlobalPiece piece) {
            announce(piece, access);
        }
    }

    static void announce(GlobalPiece piece, Watcher.Access access) {
        Watcher watcher = piece.warp().block.watcher;
        if (watcher != null) {
            long[] at = new long[Warp.LANES];
            at[piece.lane()] = piece.at();
            watcher.access(
                    piece.warp(), piece.step(), StateSpace.GLOBAL, access, 1 << piece.lane(), at, piece.byteCount());
        }
        piece.allocation();
    }

    /** Takes the bytes from their source, which its issuer may use again afterwards. */
    void take(boolean awaited) {
        if (data == null) {
            data = from.read();
            Watcher watcher = warp.block.watcher;
            if (awaited && watcher != null && reading != null) {
                watcher.asyncEnds(reading);
            }
        }
    }

    /** Puts the bytes in place and tells the memory barrier, if there is one. */
    void land(boolean awaited) {
        take(awaited);
        to.write(java.util.Objects.requireNonNull(data), reduction);
        Watcher watcher = warp.block.watcher;
        if (awaited && watcher != null && writing != null) {
            watcher.asyncEnds(writing);
        }
        if (barrierOwner != null) {
            MemoryBarrierStep.barrier(warp, step, lane, barrierOwner, barrierAddress)
                    .completeTransaction(byteCount);
            warp.block.cluster().noteProgress();
        }
    }

    boolean completesAt(Block block, int address) {
        return block == barrierOwner && address == barrierAddress;
    }

    @Override
    public String toString() {
        String where = barrierOwner == null
                ? ""
                : ", for the mbarrier at shared+0x" + Integer.toHexString(barrierAddress) + " of rank "
                        + barrierOwner.rank();
        return byteCount + " bytes issued at line " + step.line() + where;
    }
}
