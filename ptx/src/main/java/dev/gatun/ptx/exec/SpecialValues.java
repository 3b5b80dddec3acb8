package dev.gatun.ptx.exec;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.verify.SpecialRegister;

/** What the special registers read as, with one multiprocessor per block. */
final class SpecialValues {
    private SpecialValues() {}

    static int of(SpecialRegister register, int component, Warp warp, int lane) {
        Block block = warp.block;
        return switch (register) {
            case TID -> coordinate(block.blockSize(), (long) warp.index * Warp.LANES + lane, component);
            case NTID -> extent(block.blockSize(), component);
            case CTAID -> coordinate(block.gridSize(), block.index(), component);
            case NCTAID -> extent(block.gridSize(), component);
            case CLUSTERID ->
                coordinate(block.gridSize(), block.index(), component) / extent(block.launch.cluster(), component);
            case NCLUSTERID -> extent(block.gridSize(), component) / extent(block.launch.cluster(), component);
            case CLUSTER_CTAID -> coordinate(block.launch.cluster(), block.rank(), component);
            case CLUSTER_NCTAID -> extent(block.launch.cluster(), component);
            case CLUSTER_CTARANK -> block.rank();
            case CLUSTER_NCTARANK -> (int) block.launch.cluster().count();
            case GRIDID -> 0;
            case LANEID -> lane;
            case WARPID -> warp.index;
            case NWARPID -> 64;
            case SMID -> (int) (block.index() % 132);
            case NSMID -> 132;
            case LANEMASK_EQ -> 1 << lane;
            case LANEMASK_LT -> (1 << lane) - 1;
            case LANEMASK_LE -> (1 << lane) - 1 | 1 << lane;
            case LANEMASK_GE -> -1 << lane;
            case LANEMASK_GT -> -1 << lane & ~(1 << lane);
            case DYNAMIC_SMEM_SIZE -> block.launch.dynamicSharedBytes();
            case TOTAL_SMEM_SIZE -> block.launch.sharedBytes();
            case CLOCK, CLOCK_HI, CLOCK64, GLOBALTIMER, GLOBALTIMER_LO, GLOBALTIMER_HI ->
                throw new AssertionError(register);
        };
    }

    private static int coordinate(Dim3 extent, long index, int component) {
        return switch (component) {
            case 0 -> (int) (index % extent.x());
            case 1 -> (int) (index / extent.x() % extent.y());
            default -> (int) (index / ((long) extent.x() * extent.y()));
        };
    }

    private static int extent(Dim3 extent, int component) {
        return component == 0 ? extent.x() : component == 1 ? extent.y() : extent.z();
    }
}
