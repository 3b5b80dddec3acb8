package dev.gatun.kernels.device;

import dev.gatun.cuda.CudaGraph;
import dev.gatun.cuda.CudaGraphExec;
import java.lang.foreign.Arena;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.Map;

/**
 * The graphs of a device's recordings. A recording has no end of its own: its graph is destroyed when nobody has the
 * recording any more and the next one is made, or when the device closes.
 */
final class CudaRecordings implements AutoCloseable {
    private final ReferenceQueue<CudaRecording> dropped = new ReferenceQueue<>();
    private final Map<Reference<?>, Arena> graphs = new HashMap<>();

    /** Launches as one graph. */
    record CudaRecording(CudaDevice device, CudaGraphExec graph, int launches) implements Recording {}

    /** A recording of {@code graph}, which is not needed afterwards. */
    CudaRecording add(CudaDevice device, CudaGraph graph, int launches) {
        destroyDropped();
        Arena arena = Arena.ofShared();
        try {
            CudaRecording recording = new CudaRecording(device, graph.instantiate(arena), launches);
            graphs.put(new PhantomReference<>(recording, dropped), arena);
            return recording;
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void destroyDropped() {
        for (Reference<?> reference = dropped.poll(); reference != null; reference = dropped.poll()) {
            Arena arena = graphs.remove(reference);
            if (arena != null) {
                arena.close();
            }
        }
    }

    @Override
    public void close() {
        graphs.values().forEach(Arena::close);
        graphs.clear();
    }
}
