package dev.gatun.cuda;

import dev.gatun.ffi.cuda.CUgraphExecUpdateResultInfo_st;
import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A graph that can be run any number of times with one call each. */
public final class CudaGraphExec {
    private final CudaContext context;
    private final Owned exec;

    CudaGraphExec(CudaContext context, Owned exec) {
        this.context = context;
        this.exec = exec;
    }

    private MemorySegment handle() {
        if (!exec.isLive()) {
            throw new IllegalStateException("the graph was destroyed with its arena");
        }
        return exec.handle();
    }

    /** Runs it after what is ahead of it in {@code stream}. */
    public void launch(CudaStream stream) {
        context.makeCurrent();
        int result = Cuda.cuGraphLaunch(handle(), stream.handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuGraphLaunch", result, "");
        }
    }

    /** Brings it to the GPU ahead of the first launch, which is then as fast as every other. */
    public void upload(CudaStream stream) {
        context.makeCurrent();
        int result = Cuda.cuGraphUpload(handle(), stream.handle());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuGraphUpload", result, "");
        }
    }

    /**
     * Takes the parameters of {@code graph}, which has the same nodes in the same order, instead of its own.
     *
     * @return whether it could; if not, this is as it was, and {@code graph} must be instantiated
     */
    public boolean update(CudaGraph graph) {
        context.makeCurrent();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment info = call.allocate(CUgraphExecUpdateResultInfo_st.layout());
            int result = Cuda.cuGraphExecUpdate_v2(handle(), graph.handle(), info);
            if (result != Cuda.CUDA_SUCCESS() && result != Cuda.CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE()) {
                throw context.failure("cuGraphExecUpdate", result, "");
            }
            return result == Cuda.CUDA_SUCCESS();
        }
    }

    /** Gives it back before its arena does; runs under way still end. A second call does nothing. */
    public void destroy() {
        exec.release();
    }
}
