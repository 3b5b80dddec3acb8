package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;
import org.jspecify.annotations.Nullable;

/** An instruction whose lanes each set off a copy of the async proxy. */
abstract class BulkStep extends Step {
    static final int UNIT_BYTES = 16;

    final @Nullable Address barrier; // null: waited for by group

    BulkStep(@Nullable Address barrier) {
        this.barrier = barrier;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            if ((mask >>> lane & 1) != 0) {
                issue(warp, lane);
            }
        }
    }

    abstract void issue(Warp warp, int lane);

    /** Sets a copy off: in late mode it lands when it is waited for, otherwise at once. */
    final void launch(
            Warp warp,
            int lane,
            BulkData from,
            BulkData to,
            int byteCount,
            @Nullable Reduction reduction,
            @Nullable Block home,
            int at) {
        if (home != null) {
            MemoryBarrierStep.barrier(warp, this, lane, home, at);
        }
        BulkCopy copy = new BulkCopy(warp, lane, this, from, to, byteCount, reduction, home, at);
        copy.begin();
        if (!warp.block.launch.options().lateCopies()) {
            copy.land(true);
        } else if (home != null) {
            warp.block.cluster().flights().add(copy);
        } else {
            warp.bulk.add(copy);
        }
    }

    /** A stretch of shared memory that a lane's address means, checked. */
    final SharedPiece shared(Warp warp, int lane, Address address, int byteCount, int alignment, Swizzle swizzle) {
        long at = at(warp, lane, address);
        Block owner = warp.block.cluster().owner(warp, this, lane, at);
        return shared(warp, lane, owner, Cluster.offset(at), byteCount, alignment, swizzle);
    }

    final SharedPiece shared(
            Warp warp, int lane, Block owner, long offset, int byteCount, int alignment, Swizzle swizzle) {
        if (offset % alignment != 0) {
            throw warp.fault(
                    PtxFault.Kind.MISALIGNED,
                    this,
                    1 << lane,
                    "copies " + byteCount + " bytes of shared memory at 0x" + Long.toHexString(offset)
                            + ", which is no multiple of " + alignment + ",");
        }
        if (offset > owner.shared.length - byteCount) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    this,
                    1 << lane,
                    "copies " + byteCount + " bytes of shared memory at 0x" + Long.toHexString(offset)
                            + ", outside its " + owner.shared.length + " bytes,");
        }
        return new SharedPiece(owner, (int) offset, byteCount, swizzle);
    }

    /** The address of one lane in its space; in shared memory that of the cluster's window. */
    final long at(Warp warp, int lane, Address address) {
        long at = address.resolve(warp)[lane];
        if (address.space() == StateSpace.GENERIC && Windows.space(at) == StateSpace.SHARED) {
            return at - Windows.SHARED;
        }
        return at;
    }

    /** The memory barrier's address for a copy into {@code owner}: both must lie in one block. */
    final int barrierAt(Warp warp, int lane, Address address, Block owner) {
        long at = at(warp, lane, address);
        Block home = warp.block.cluster().owner(warp, this, lane, at);
        if (home != owner) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    1 << lane,
                    "copies to shared memory of rank " + owner.rank() + " but completes at an mbarrier of rank "
                            + home.rank() + "; both must lie in one block,");
        }
        long offset = Cluster.offset(at);
        if (offset % Long.BYTES != 0 || offset > owner.shared.length - Long.BYTES) {
            throw warp.fault(
                    PtxFault.Kind.ADDRESS,
                    this,
                    1 << lane,
                    "completes at shared+0x" + Long.toHexString(offset) + ", where no mbarrier can be,");
        }
        return (int) offset;
    }

    /** Faults unless {@code byteCount} is one that a bulk copy moves and {@code global} is aligned. */
    final void check(Warp warp, int lane, long byteCount, long global) {
        if (byteCount <= 0 || byteCount % UNIT_BYTES != 0) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    1 << lane,
                    "moves " + byteCount + " bytes in bulk, which is no positive multiple of " + UNIT_BYTES + ",");
        }
        if (global % UNIT_BYTES != 0) {
            throw warp.fault(
                    PtxFault.Kind.MISALIGNED,
                    this,
                    1 << lane,
                    "moves " + byteCount + " bytes in bulk at 0x" + Long.toHexString(global)
                            + ", which is no multiple of " + UNIT_BYTES + ",");
        }
    }
}
