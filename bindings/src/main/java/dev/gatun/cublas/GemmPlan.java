package dev.gatun.cublas;

import dev.gatun.cuda.CudaStream;
import dev.gatun.ffi.cublaslt.CublasLt;
import dev.gatun.ffi.cublaslt.cublasLtMatmulHeuristicResult_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A product {@code out[r][n] = sum_c x[r][c] * weight[n][c]} of one shape, as the library chose to do it.
 *
 * <p>The library's matrices have their columns one after another. So a matrix of ours is its transpose there, and what is
 * asked for is {@code out' = weight'^T x'}.
 */
public final class GemmPlan {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final Cublas cublas;
    private final GemmShape shape;
    private final MemorySegment operation;
    private final MemorySegment weightLayout;
    private final MemorySegment inputLayout;
    private final MemorySegment outputLayout;
    private final MemorySegment algorithm;
    private final MemorySegment one;
    private final MemorySegment zero;

    /** What was made so far is destroyed if a call fails. */
    GemmPlan(Arena arena, Cublas cublas, GemmShape shape) {
        this.cublas = cublas;
        this.shape = shape;
        this.one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
        this.zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0);
        MemorySegment chosen = arena.allocate(cublasLtMatmulHeuristicResult_t.layout());
        try (Arena call = Arena.ofConfined();
                Made made = new Made(call, shape)) {
            this.operation = made.operation();
            this.weightLayout = made.matrix(shape.type().code, shape.inputs(), shape.outputs());
            this.inputLayout = made.matrix(shape.type().code, shape.inputs(), shape.rows());
            this.outputLayout = made.matrix(CublasLt.CUDA_R_32F(), shape.outputs(), shape.rows());
            choose(call, made, chosen);
            made.keep();
        }
        this.algorithm = cublasLtMatmulHeuristicResult_t.algo(chosen);
    }

    private void choose(Arena call, Made made, MemorySegment chosen) {
        MemorySegment preference = made.preference(cublas.workspaceBytes());
        MemorySegment count = call.allocate(INT);
        int status = CublasLt.cublasLtMatmulAlgoGetHeuristic(
                cublas.handle(),
                operation,
                weightLayout,
                inputLayout,
                outputLayout,
                outputLayout,
                preference,
                1,
                chosen,
                count);
        CublasCalls.require(status, "cublasLtMatmulAlgoGetHeuristic", shape.toString());
        if (count.get(INT, 0) == 0) {
            throw CublasCalls.failure(
                    CublasLt.CUBLAS_STATUS_NOT_SUPPORTED(), "cublasLtMatmulAlgoGetHeuristic", shape.toString());
        }
    }

    /**
     * Puts the product into {@code stream}. Places are a segment of device memory and an offset in bytes, at multiples of 16.
     */
    public void multiply(
            CudaStream stream,
            MemorySegment weight,
            long weightOffset,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset) {
        cublas.context().makeCurrent();
        MemorySegment result = at(out, outOffset);
        int status = CublasLt.cublasLtMatmul(
                cublas.handle(),
                operation,
                one,
                at(weight, weightOffset),
                weightLayout,
                at(x, xOffset),
                inputLayout,
                zero,
                result,
                outputLayout,
                result,
                outputLayout,
                algorithm,
                cublas.workspace(),
                cublas.workspaceBytes(),
                stream.handle());
        if (status != CublasLt.CUBLAS_STATUS_SUCCESS()) {
            throw CublasCalls.failure(status, "cublasLtMatmul", shape.toString());
        }
    }

    private static MemorySegment at(MemorySegment memory, long offset) {
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("the device memory was freed with its arena");
        }
        return MemorySegment.ofAddress(memory.address() + offset);
    }

    void destroy() {
        CublasLt.cublasLtMatrixLayoutDestroy(outputLayout);
        CublasLt.cublasLtMatrixLayoutDestroy(inputLayout);
        CublasLt.cublasLtMatrixLayoutDestroy(weightLayout);
        CublasLt.cublasLtMatmulDescDestroy(operation);
    }
}
