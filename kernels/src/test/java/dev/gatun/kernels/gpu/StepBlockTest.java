package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.TextDevice;
import dev.gatun.kernels.device.VmDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One upload a step, and tiles that never cross a sequence. */
class StepBlockTest {
    private final Arena arena = Arena.ofShared();
    private final TextDevice device = new TextDevice();
    private final StepBlock step = new StepBlock(device);

    @AfterEach
    void close() {
        step.close();
        arena.close();
    }

    @Test
    void uploadsABatchOnceUntilItChanges() {
        Batch batch = batch(3, 0);
        step.refresh(batch);
        step.refresh(batch);
        assertEquals(1, device.copies().size());
        step.refresh(batch(3, 0));
        assertEquals(1, device.copies().size(), "another batch that says the same");
        step.refresh(batch(3, 1));
        assertEquals(2, device.copies().size());
        batch.clear();
        batch.addSequence(new int[] {2, 1}, 2);
        batch.add(0, 0, 0, false);
        step.refresh(batch);
        assertEquals(3, device.copies().size());
        batch.clear();
        batch.addSequence(new int[] {2, 0}, 2);
        batch.add(0, 0, 0, false);
        step.refresh(batch);
        assertEquals(4, device.copies().size(), "only a page differs");
    }

    @Test
    void cutsTilesAtSequencesAndEveryEighthRow() {
        step.refresh(batch(8, 0));
        assertEquals(1, step.tiles());
        step.refresh(batch(9, 0));
        assertEquals(2, step.tiles());
        Batch mixed = new Batch(arena, 16, 2, 2);
        mixed.addSequence(new int[] {0, 1}, 2);
        mixed.addSequence(new int[] {2, 3}, 2);
        for (int row = 0; row < 4; row++) {
            mixed.add(row, 40 + row, row / 2, false);
        }
        mixed.add(4, 3, 0, false);
        step.refresh(mixed);
        assertEquals(3, step.tiles());
        assertEquals(43, step.lastPosition());
    }

    /** A kernel loads a tile's two numbers in one piece, which a GPU refuses between two places of 8 bytes. */
    @Test
    void tilesLieAtMultiplesOfEightBehindAnOddNumberOfPages() {
        for (int pages : new int[] {1, 2, 3, 63}) {
            try (GpuBackend backend = new GpuBackend(VmDevice.open(1), Activations.INT8, false);
                    Arena memory = Arena.ofShared()) {
                Batch batch = new Batch(memory, 3, 1, pages);
                batch.addSequence(new int[] {0}, 1);
                for (int row = 0; row < 3; row++) {
                    batch.add(row, row, 0, false);
                }
                KvLayer layer = backend.kvLayer(memory, DType.F16, 1, 1, 64);
                Tensor ones = backend.allocate(memory, DType.F32, 3, 64);
                float[] expected = new float[3 * 64];
                Arrays.fill(expected, 1);
                backend.upload(MemorySegment.ofArray(expected), ones);
                Tensor out = backend.allocate(memory, DType.F32, 3, 64);
                backend.append(ones, ones, batch, layer);
                backend.attend(ones, batch, layer, 1, out);
                assertArrayEquals(expected, Twins.floats(backend, out), pages + " pages");
            }
        }
    }

    private Batch batch(int rows, int firstToken) {
        Batch batch = new Batch(arena, 16, 2, 2);
        batch.addSequence(new int[] {0, 1}, 2);
        for (int row = 0; row < rows; row++) {
            batch.add(firstToken + row, row, 0, false);
        }
        return batch;
    }
}
