package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.TextDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a step costs beyond its launches: one upload, no device memory, and no more launches than operations. */
class GpuSteadyStateTest {
    private static final int WIDTH = 64;
    private static final Rotation ROTATION = new Rotation(Rotation.Pairs.HALVES, new double[] {1, 0.5}, 1);

    @Test
    void aStepUploadsOnceAndAllocatesNothing() {
        TextDevice device = new TextDevice();
        try (Arena arena = Arena.ofShared();
                GpuBackend backend = new GpuBackend(device, Activations.INT8, false)) {
            Step step = new Step(backend, arena);
            step.run(3);
            int allocations = device.allocations();
            for (int position = 4; position < 10; position++) {
                int copies = device.copies().size();
                step.run(position);
                assertEquals(copies + 1, device.copies().size());
                assertEquals(allocations, device.allocations());
            }
        }
    }

    @Test
    void quantisesTheInputOfSeveralProductsOnce() {
        TextDevice device = new TextDevice();
        try (Arena arena = Arena.ofShared();
                GpuBackend backend = new GpuBackend(device, Activations.INT8, false)) {
            Step step = new Step(backend, arena);
            step.run(3);
            device.launched().clear();
            step.run(4);
            assertEquals(
                    List.of(
                            "embed_q4_0",
                            "angles",
                            "quantise_rows",
                            "matmul_row_int8_q4_0",
                            "matmul_row_int8_q4_0",
                            "matmul_row_int8_q4_0",
                            "rope",
                            "kv_append_f16",
                            "attention_tile_f16",
                            "quantise_rows",
                            "matmul_row_int8_q4_0",
                            "matmul_row_int8_q4_0",
                            "swiglu",
                            "quantise_rows",
                            "matmul_row_int8_q4_0",
                            "gather"),
                    device.launched());
        }
    }

    /** One layer of a decoder with a single row. */
    private static final class Step {
        private final GpuBackend backend;
        private final Batch batch;
        private final Tensor weight;
        private final KvLayer layer;
        private final Tensor[] x = new Tensor[6];
        private final Tensor angles;

        Step(GpuBackend backend, Arena arena) {
            this.backend = backend;
            this.batch = new Batch(arena, 4, 1, 2);
            byte[] bytes = new byte[(int) DType.Q4_0.byteSize(WIDTH) * WIDTH];
            this.weight = backend.weights(arena, DType.Q4_0, WIDTH, WIDTH, MemorySegment.ofArray(bytes));
            this.layer = backend.kvLayer(arena, DType.F16, 2, 2, WIDTH / 2);
            for (int i = 0; i < x.length; i++) {
                x[i] = backend.allocate(arena, DType.F32, 1, WIDTH);
            }
            this.angles = backend.allocate(arena, DType.F32, 1, ROTATION.dimensions());
        }

        void run(int position) {
            batch.clear();
            batch.addSequence(new int[] {1, 0}, 2);
            batch.add(position, position, 0, true);
            backend.embed(weight, batch, x[0]);
            backend.angles(batch, ROTATION, angles);
            backend.qkv(x[0], weight, null, weight, null, weight, null, x[1], x[2], x[3]);
            backend.rope(x[1], WIDTH / 2, ROTATION, angles);
            backend.append(x[2], x[3], batch, layer);
            backend.attend(x[1], batch, layer, 1, x[4]);
            backend.feedForward(x[4], weight, weight, weight, x[1], x[2], x[5]);
            backend.gather(x[5], batch, x[0]);
        }
    }
}
