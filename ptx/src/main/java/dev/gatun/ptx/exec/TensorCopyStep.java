package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.StateSpace;
import org.jspecify.annotations.Nullable;

/** {@code cp.async.bulk.tensor} and {@code cp.reduce.async.bulk.tensor}: a box of a tensor. */
final class TensorCopyStep extends BulkStep {
    static final int SHARED_ALIGNMENT = 128;

    private final Address map;
    private final int[] coordinates; // int slots
    private final Address shared;
    private final int ranks; // int slot of a multicast's mask, otherwise -1
    private final Reduction.@Nullable Op reduction;

    TensorCopyStep(
            Address map,
            int[] coordinates,
            Address shared,
            @Nullable Address barrier,
            int ranks,
            Reduction.@Nullable Op reduction) {
        super(barrier);
        this.map = map;
        this.coordinates = coordinates;
        this.shared = shared;
        this.ranks = ranks;
        this.reduction = reduction;
    }

    @Override
    void issue(Warp warp, int lane) {
        TensorMap tensor = tensor(warp, lane, this, map);
        TensorBox box = box(warp, lane, this, tensor, coordinates);
        int byteCount = tensor.boxBytes();
        SharedPiece tile = shared(warp, lane, shared, byteCount, SHARED_ALIGNMENT, tensor.swizzle());
        Address completion = barrier;
        if (completion == null) {
            if (tile.owner() != warp.block) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        this,
                        1 << lane,
                        "stores a tile of rank " + tile.owner().rank() + ", but .shared::cta is one's own,");
            }
            store(warp, lane, tile, box, byteCount);
            return;
        }
        int at = barrierAt(warp, lane, completion, tile.owner());
        for (Block block : BulkCopyStep.receivers(warp, lane, this, tile.owner(), ranks)) {
            SharedPiece piece = shared(warp, lane, block, tile.at(), byteCount, SHARED_ALIGNMENT, tensor.swizzle());
            launch(warp, lane, box, piece, byteCount, null, block, at);
        }
    }

    private void store(Warp warp, int lane, SharedPiece tile, TensorBox box, int byteCount) {
        if (reduction == null) {
            launch(warp, lane, tile, box, byteCount, null, null, 0);
            return;
        }
        Reduction joins = box.map().type().reduction(reduction);
        if (joins == null) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    1 << lane,
                    "reduces a tensor of " + box.map().type() + " by " + reduction.word() + ", which there is not,");
        }
        launch(warp, lane, tile, box, byteCount, joins, null, 0);
    }

    static TensorBox box(Warp warp, int lane, Step step, TensorMap tensor, int[] coordinates) {
        if (tensor.rank() != coordinates.length) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    1 << lane,
                    "gives " + coordinates.length + " coordinates to " + tensor + ",");
        }
        int[] at = new int[coordinates.length];
        for (int d = 0; d < at.length; d++) {
            at[d] = warp.i[coordinates[d]][lane];
        }
        return new TensorBox(warp, lane, step, tensor, at);
    }

    /** The map at a generic address: in parameters, constants or global memory. */
    static TensorMap tensor(Warp warp, int lane, Step step, Address address) {
        long at = address.resolve(warp)[lane];
        StateSpace space = address.space() == StateSpace.GENERIC ? Windows.space(at) : address.space();
        long offset = address.space() == StateSpace.GENERIC ? at - Windows.base(space) : at;
        if (at % TensorMap.ALIGNMENT != 0) {
            throw warp.fault(
                    PtxFault.Kind.MISALIGNED,
                    step,
                    1 << lane,
                    "uses a tensor map at 0x" + Long.toHexString(at) + ", which is no multiple of "
                            + TensorMap.ALIGNMENT + ",");
        }
        byte[] bytes;
        if (space == StateSpace.GLOBAL) {
            bytes = new GlobalPiece(warp, lane, step, at, TensorMap.BYTES).read();
        } else {
            byte[] memory = space == StateSpace.PARAM
                    ? warp.block.launch.parameters()
                    : space == StateSpace.CONST ? warp.program.constants() : new byte[0];
            if (offset < 0 || offset > memory.length - TensorMap.BYTES) {
                throw warp.fault(
                        PtxFault.Kind.ADDRESS,
                        step,
                        1 << lane,
                        "uses " + space.word() + "+0x" + Long.toHexString(offset)
                                + " as a tensor map, which must lie whole in parameters, constant or global memory,");
            }
            bytes = java.util.Arrays.copyOfRange(memory, (int) offset, (int) offset + TensorMap.BYTES);
        }
        TensorMap map = TensorMapCode.decode(bytes);
        if (map == null) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    1 << lane,
                    "uses " + space.word() + "+0x" + Long.toHexString(offset)
                            + " as a tensor map, but none lies there,");
        }
        return map;
    }
}
