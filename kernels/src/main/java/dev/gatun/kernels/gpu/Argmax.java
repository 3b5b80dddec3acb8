package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Launches {@code argmax} and brings its result to the host. */
final class Argmax implements AutoCloseable {
    private static final int THREADS = 1024;
    private static final int RECORD_BYTES = 8; // u32 index, f32 value

    private final Device device;
    private final Kernel kernel;
    private final Scratch result;
    private Arena hostArena = Arena.ofShared();
    private MemorySegment host = MemorySegment.NULL;

    Argmax(Arena arena, Device device) {
        this.device = device;
        this.kernel = new Kernel(arena, device, "argmax", THREADS);
        this.result = new Scratch(device);
    }

    void launch(Tensor logits, int[] columns) {
        long byteSize = (long) logits.rows() * RECORD_BYTES;
        MemorySegment records = result.atLeast(byteSize);
        if (host.byteSize() != byteSize) {
            hostArena.close();
            hostArena = Arena.ofShared();
            host = hostArena.allocate(byteSize, RECORD_BYTES);
        }
        ParamBlock parameters = kernel.parameters();
        Kernel.push(parameters, logits);
        parameters.pointer(records, 0).u32(logits.columns());
        kernel.grid(logits.rows(), 1, 1);
        kernel.launch();
        device.copyOut(records, 0, host);
        for (int row = 0; row < logits.rows(); row++) {
            columns[row] = host.get(ValueLayout.JAVA_INT, (long) row * RECORD_BYTES);
        }
    }

    @Override
    public void close() {
        result.close();
        hostArena.close();
    }
}
