package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.TextDevice;
import dev.gatun.kernels.device.VmDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A decode step is recorded when it is met again, replayed from then on, and says the same as one that is not. */
class StepRecordingsTest {
    private static final int WIDTH = 64;
    private static final int VOCABULARY = 40;
    private static final int PAGES = 12;

    /** A model of one attention block and a classifier. */
    private static final class Model implements AutoCloseable {
        final Arena arena = Arena.ofShared();
        final GpuBackend backend;
        final Batch batch = new Batch(arena, 20, 2, 6);
        final Tensor logits;
        private final Tensor table;
        private final Tensor norm;
        private final Tensor weight;
        private final KvLayer layer;
        private final Rotation rotation = new Rotation(Rotation.Pairs.HALVES, new double[] {1, 0.1}, 1);

        Model(Device device) {
            backend = new GpuBackend(device, Activations.INT8, false);
            table = matrix(VOCABULARY, 1);
            weight = matrix(WIDTH, 2);
            norm = rows(1);
            backend.upload(MemorySegment.ofArray(Twins.plain(3, WIDTH)), norm);
            layer = backend.kvLayer(arena, DType.F16, PAGES, 2, 32);
            logits = backend.allocate(arena, DType.F32, 20, VOCABULARY);
        }

        private Tensor matrix(int rows, long seed) {
            return backend.weights(arena, DType.Q8_0, rows, WIDTH, Twins.weights(DType.Q8_0, rows, WIDTH, seed));
        }

        private Tensor rows(int rows) {
            return backend.allocate(arena, DType.F32, rows, WIDTH);
        }

        /** The operations on as many rows as the batch has when this is called. */
        Runnable operations() {
            int rows = batch.rows();
            Tensor x = rows(rows);
            Tensor q = rows(rows);
            Tensor k = rows(rows);
            Tensor v = rows(rows);
            Tensor scratch = rows(rows);
            Tensor angles = backend.allocate(arena, DType.F32, rows, 4);
            AttentionWeights weights = new AttentionWeights(norm, 1e-5f, weight, null, weight, null, weight, null);
            return () -> {
                backend.embed(table, batch, x);
                backend.angles(batch, rotation, angles);
                backend.attentionInput(x, weights, rotation, angles, batch, layer, scratch, q, k, v);
                backend.attend(q, batch, layer, 0.2f, q);
                backend.addProduct(q, weight, null, scratch, x);
                backend.matmul(x, table, null, logits.firstRows(rows));
            };
        }

        /** One row each of two sequences, or of the first alone. */
        void fill(int rows, int position, int firstToken) {
            batch.clear();
            batch.addSequence(new int[] {0, 2, 4, 6, 8, 10}, 6);
            batch.addSequence(new int[] {1, 3, 5, 7, 9, 11}, 6);
            for (int row = 0; row < rows; row++) {
                batch.add((firstToken + row) % VOCABULARY, position, row % 2, true);
            }
        }

        float[] values() {
            return Twins.floats(backend, logits);
        }

        @Override
        public void close() {
            backend.close();
            arena.close();
        }
    }

    @Test
    void recordsAStepWhenItIsMetAgainAndThenReplaysItWithOneUploadEach() {
        TextDevice device = new TextDevice();
        try (Model model = new Model(device)) {
            model.fill(1, 0, 0);
            Runnable operations = model.operations();
            model.backend.step(model.batch, operations);
            List<String> plain = List.copyOf(device.launched());
            assertEquals(0, device.recordings());
            int copies = device.copies().size();
            for (int position = 1; position <= 5; position++) {
                model.fill(1, position, position);
                model.backend.step(model.batch, operations);
            }
            assertEquals(1, device.recordings());
            assertEquals(5, device.replays());
            assertEquals(copies + 5, device.copies().size(), "one upload a step");
            List<String> sixTimes = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                sixTimes.addAll(plain);
            }
            assertEquals(sixTimes, device.launched());
            assertTrue(plain.contains("qkv_row_int8_q8_0"), plain::toString);
        }
    }

    @Test
    void recordsEachNumberOfRowsAndOfSplitsApart() {
        TextDevice device = new TextDevice();
        try (Model model = new Model(device)) {
            for (int rows = 1; rows <= 2; rows++) {
                model.fill(rows, 0, 0);
                Runnable operations = model.operations();
                for (int position : new int[] {3, 4, 5, 255, 256, 257, 300}) {
                    model.fill(rows, position, 0);
                    model.backend.step(model.batch, operations);
                }
                assertEquals(2 * rows, device.recordings());
            }
            assertEquals(2 * 5, device.replays(), "all but the first of each kind");
        }
    }

    @Test
    void allocatesNoDeviceMemoryOnceAStepIsRecorded() {
        TextDevice device = new TextDevice();
        try (Model model = new Model(device)) {
            model.fill(2, 0, 0);
            Runnable operations = model.operations();
            model.backend.step(model.batch, operations);
            int allocations = device.allocations();
            for (int position = 1; position < 100; position++) {
                model.fill(2, position, position);
                model.backend.step(model.batch, operations);
            }
            assertEquals(allocations, device.allocations());
        }
    }

    @Test
    void doesNotRecordPrefill() {
        TextDevice device = new TextDevice();
        try (Model model = new Model(device)) {
            model.batch.clear();
            model.batch.addSequence(new int[] {0, 1}, 2);
            for (int row = 0; row < 3; row++) {
                model.batch.add(row, row, 0, true);
            }
            Runnable operations = model.operations();
            for (int i = 0; i < 3; i++) {
                model.backend.step(model.batch, operations);
            }
            model.fill(StepRecordings.MAX_ROWS + 1, 0, 0);
            operations = model.operations();
            for (int i = 0; i < 3; i++) {
                model.backend.step(model.batch, operations);
            }
            assertEquals(0, device.recordings());
        }
    }

    @Test
    void forgetsRecordingsWhenTheStepBlockMoves() {
        TextDevice device = new TextDevice();
        try (Model model = new Model(device)) {
            model.fill(1, 0, 0);
            Runnable operations = model.operations();
            model.backend.step(model.batch, operations);
            model.backend.step(model.batch, operations);
            assertEquals(1, device.recordings());
            Batch larger = new Batch(model.arena, 40, 2, 6);
            larger.addSequence(new int[] {0}, 1);
            larger.add(1, 0, 0, false);
            model.backend.embed(model.table, larger, model.rows(1));
            model.backend.step(model.batch, operations);
            model.backend.step(model.batch, operations);
            assertEquals(2, device.recordings());
        }
    }

    @Test
    void saysTheSameReplayedAsNot() {
        try (Model replayed = new Model(VmDevice.open(2));
                Model plain = new Model(VmDevice.open(2))) {
            for (int rows = 1; rows <= 2; rows++) {
                replayed.fill(rows, 0, 0);
                plain.fill(rows, 0, 0);
                Runnable operations = replayed.operations();
                for (int position = 0; position < 300; position += position < 250 ? 13 : 1) {
                    replayed.fill(rows, position, 3 * position);
                    replayed.backend.step(replayed.batch, operations);
                    plain.fill(rows, position, 3 * position);
                    plain.operations().run();
                    assertArrayEquals(plain.values(), replayed.values(), rows + " rows at " + position);
                }
            }
        }
    }

    @Test
    void refusesInAReplayedStepWhatItRefusesOtherwise() {
        try (Model model = new Model(VmDevice.open(1))) {
            model.fill(1, 0, 0);
            Runnable operations = model.operations();
            for (int i = 0; i < 3; i++) {
                model.backend.step(model.batch, operations);
            }
            model.batch.clear();
            model.batch.addSequence(new int[] {0}, 1);
            model.batch.add(VOCABULARY, 1, 0, true);
            refuses(model, operations, "embed: token=40, tableRows=40");
            model.batch.clear();
            model.batch.addSequence(new int[] {PAGES}, 1);
            model.batch.add(1, 1, 0, true);
            refuses(model, operations, "attend: page=12, pages=12");
            model.batch.clear();
            model.batch.addSequence(new int[] {0}, 1);
            model.batch.add(1, 64 * 6, 0, true);
            assertThrows(IllegalArgumentException.class, () -> model.backend.step(model.batch, operations));
        }
    }

    private static void refuses(Model model, Runnable operations, String message) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> model.backend.step(model.batch, operations));
        assertEquals(message, refusal.getMessage());
    }
}
