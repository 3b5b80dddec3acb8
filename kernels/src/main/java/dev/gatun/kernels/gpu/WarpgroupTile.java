package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.device.Device;
import java.lang.foreign.Arena;

/**
 * The rung {@code matmul_tile_sm90a_*}: tiles of 128 rows by 128 outputs on a chip with {@code wgmma}.
 *
 * <p>It serves f16 and bf16 weights from 65 rows on; below, the tiles of 64 rows waste less.
 */
final class WarpgroupTile {
    static final int TILE = 128; // rows and outputs of a block

    private static final int ARCHITECTURE = 90;
    private static final int MIN_ROWS = 65;
    private static final int THREADS = 256;

    private final boolean hasChip;
    private final KernelsByType kernels;

    WarpgroupTile(Arena arena, Device device) {
        this.hasChip = device.architecture() == ARCHITECTURE;
        this.kernels = new KernelsByType(arena, device, "matmul_tile_sm90a", THREADS);
    }

    /** Whether it is the best there is for {@code rows} rows. */
    boolean serves(DType weights, int rows) {
        return hasChip && rows >= MIN_ROWS && (weights == DType.F16 || weights == DType.BF16);
    }

    Kernel kernel(DType weights) {
        return kernels.of(weights);
    }
}
