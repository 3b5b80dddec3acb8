package dev.gatun.kernels.device;

import dev.gatun.cuda.CudaFunction;
import dev.gatun.cuda.CudaStream;
import dev.gatun.ptx.verify.PtxEntry;
import java.lang.foreign.MemorySegment;

/** A kernel that the driver has compiled. */
final class CudaEntry extends Entry {
    /** Static and dynamic shared memory of a block that needs no permission. */
    private static final int UNASKED_SHARED_BYTES = 48 * 1024;

    private final CudaFunction function;
    private final boolean waitsForGrids;
    private int allowedSharedBytes;

    /** @param waitsForGrids whether the kernel itself waits for the grid ahead of it, so that it may begin before its end */
    CudaEntry(CudaDevice device, PtxEntry declaration, CudaFunction function, boolean waitsForGrids) {
        super(device, declaration);
        this.function = function;
        this.waitsForGrids = waitsForGrids;
        this.allowedSharedBytes = UNASKED_SHARED_BYTES - function.staticSharedByteSize();
    }

    void launch(CudaStream stream, Grid grid, MemorySegment parameters) {
        if (grid.sharedByteSize() > allowedSharedBytes) {
            function.allowDynamicShared(grid.sharedByteSize());
            allowedSharedBytes = grid.sharedByteSize();
        }
        if (waitsForGrids) {
            function.launchProgrammatic(
                    stream, grid.x(), grid.y(), grid.z(), grid.threads(), grid.sharedByteSize(), parameters);
        } else {
            function.launch(stream, grid.x(), grid.y(), grid.z(), grid.threads(), grid.sharedByteSize(), parameters);
        }
    }
}
