package dev.gatun.cublas;

import dev.gatun.ffi.cublaslt.CublasLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;

/** What the library makes for one plan: destroyed when this closes, unless all of it was made and is kept. */
final class Made implements AutoCloseable {
    private final Arena call;
    private final GemmShape shape;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private MemorySegment preference = MemorySegment.NULL;

    Made(Arena call, GemmShape shape) {
        this.call = call;
        this.shape = shape;
    }

    /** A product in float32 whose first matrix is transposed. */
    MemorySegment operation() {
        MemorySegment out = call.allocate(CublasLt.C_POINTER);
        require(
                CublasLt.cublasLtMatmulDescCreate(out, CublasLt.CUBLAS_COMPUTE_32F(), CublasLt.CUDA_R_32F()),
                "cublasLtMatmulDescCreate");
        MemorySegment operation = CublasCalls.pointer(out);
        undo.push(() -> CublasLt.cublasLtMatmulDescDestroy(operation));
        MemorySegment transposed = call.allocateFrom(ValueLayout.JAVA_INT, CublasLt.CUBLAS_OP_T());
        require(
                CublasLt.cublasLtMatmulDescSetAttribute(
                        operation, CublasLt.CUBLASLT_MATMUL_DESC_TRANSA(), transposed, 4),
                "cublasLtMatmulDescSetAttribute");
        return operation;
    }

    /** A matrix whose columns of {@code rows} elements lie one after another. */
    MemorySegment matrix(int type, long rows, long columns) {
        MemorySegment out = call.allocate(CublasLt.C_POINTER);
        require(CublasLt.cublasLtMatrixLayoutCreate(out, type, rows, columns, rows), "cublasLtMatrixLayoutCreate");
        MemorySegment layout = CublasCalls.pointer(out);
        undo.push(() -> CublasLt.cublasLtMatrixLayoutDestroy(layout));
        return layout;
    }

    /** What the choice of a kernel is bound to; never kept. */
    MemorySegment preference(long workspaceBytes) {
        MemorySegment out = call.allocate(CublasLt.C_POINTER);
        require(CublasLt.cublasLtMatmulPreferenceCreate(out), "cublasLtMatmulPreferenceCreate");
        preference = CublasCalls.pointer(out);
        MemorySegment bytes = call.allocateFrom(ValueLayout.JAVA_LONG, workspaceBytes);
        require(
                CublasLt.cublasLtMatmulPreferenceSetAttribute(
                        preference, CublasLt.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(), bytes, 8),
                "cublasLtMatmulPreferenceSetAttribute");
        return preference;
    }

    private void require(int status, String function) {
        CublasCalls.require(status, function, shape.toString());
    }

    /** Leaves all but the preference to the caller. */
    void keep() {
        undo.clear();
    }

    @Override
    public void close() {
        if (preference.address() != 0) {
            CublasLt.cublasLtMatmulPreferenceDestroy(preference);
        }
        undo.forEach(Runnable::run);
    }
}
