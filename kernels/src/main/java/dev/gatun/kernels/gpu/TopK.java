package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Launches {@code top_k} on parts of each row and {@code top_k_merge} until one part is left, and brings that to the host.
 */
final class TopK implements AutoCloseable {
    /** The most that can be asked for. */
    static final int MAX_K = 64;

    private static final int THREADS = 256;
    private static final int PART = 4096; // columns or keys of a block
    private static final int KEY_BYTES = 8; // u64 key, or u32 column and f32 logit

    private final Device device;
    private final Kernel parts;
    private final Kernel merge;
    private final Scratch[] keys; // launches read from one and write to the other
    private Arena hostArena = Arena.ofShared();
    private MemorySegment host = MemorySegment.NULL;

    TopK(Arena arena, Device device) {
        this.device = device;
        this.parts = new Kernel(arena, device, "top_k", THREADS);
        this.merge = new Kernel(arena, device, "top_k_merge", THREADS);
        this.keys = new Scratch[] {new Scratch(device), new Scratch(device)};
    }

    void launch(Tensor logits, int k, int[] columns, float[] values) {
        int rows = logits.rows();
        int count = Math.ceilDiv(logits.columns(), PART);
        int to = 0;
        ParamBlock parameters = parts.parameters();
        Kernel.push(parameters, logits);
        parameters.pointer(keys(to, rows, k, count), 0).u32(logits.columns()).u32(k);
        parts.grid(count, rows, 1);
        parts.launch();
        while (count > 1) {
            int keysPerRow = k * count;
            count = Math.ceilDiv(keysPerRow, PART);
            parameters = merge.parameters();
            parameters.pointer(keys[to].atLeast(0), 0);
            to = 1 - to;
            parameters.pointer(keys(to, rows, k, count), 0).u32(keysPerRow).u32(k);
            merge.grid(count, rows, 1);
            merge.launch();
        }
        download(keys[to].atLeast(0), rows * k, columns, values);
    }

    private MemorySegment keys(int index, int rows, int k, int count) {
        return keys[index].atLeast((long) rows * k * count * KEY_BYTES);
    }

    private void download(MemorySegment records, int count, int[] columns, float[] values) {
        long byteSize = (long) count * KEY_BYTES;
        if (host.byteSize() != byteSize) {
            hostArena.close();
            hostArena = Arena.ofShared();
            host = hostArena.allocate(byteSize, KEY_BYTES);
        }
        device.copyOut(records, 0, host);
        for (int i = 0; i < count; i++) {
            columns[i] = host.get(ValueLayout.JAVA_INT, (long) i * KEY_BYTES);
            values[i] = host.get(ValueLayout.JAVA_FLOAT, (long) i * KEY_BYTES + 4);
        }
    }

    @Override
    public void close() {
        keys[0].close();
        keys[1].close();
        hostArena.close();
    }
}
