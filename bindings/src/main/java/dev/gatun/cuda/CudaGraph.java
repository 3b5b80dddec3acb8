package dev.gatun.cuda;

import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Launches and copies with their order, as a stream's capture noted them: a plan, not yet something to run. */
public final class CudaGraph {
    private final CudaContext context;
    private final Owned graph;

    CudaGraph(CudaContext context, Owned graph) {
        this.context = context;
        this.graph = graph;
    }

    MemorySegment handle() {
        if (!graph.isLive()) {
            throw new IllegalStateException("the graph was destroyed with its arena");
        }
        return graph.handle();
    }

    /** How many launches and copies it has. */
    public long nodes() {
        context.makeCurrent();
        int result = Cuda.cuGraphGetNodes(
                handle(), MemorySegment.NULL, context.block().out());
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuGraphGetNodes", result, "");
        }
        return context.block().outLong();
    }

    /** Makes it something to run, which does not need this graph any more and lives as long as {@code arena}. */
    public CudaGraphExec instantiate(Arena arena) {
        context.makeCurrent();
        int result = Cuda.cuGraphInstantiateWithFlags(context.block().out(), handle(), 0);
        if (result != Cuda.CUDA_SUCCESS()) {
            throw context.failure("cuGraphInstantiateWithFlags", result, "flags=0");
        }
        MemorySegment made = MemorySegment.ofAddress(context.block().outLong());
        Owned exec = context.own(Owned.Kind.GRAPH_EXEC, made, 0);
        CudaContext.tie(arena, exec);
        return new CudaGraphExec(context, exec);
    }
}
