package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.cuda.StubDriver;
import dev.gatun.kernels.Activations;
import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A backend on a GPU whose driver computes nothing: what a step asks of it, and what is left when any call fails. */
class CudaStepTest {
    private static final int WIDTH = 64;
    private static final int VOCABULARY = 40;
    private static final int PAGES = 12;
    private static final int PROMPT_ROWS = 20;
    private static final int DECODE_STEPS = 4;
    private static final int INVALID_VALUE = 1;
    private static final int ILLEGAL_ADDRESS = 700;

    private final StubDriver driver = StubDriver.open();

    /** A model of one attention block and a classifier. */
    private static final class Model implements AutoCloseable {
        private final Arena arena;
        private final MemorySegment host;
        private final GpuBackend backend;
        private final Batch batch;
        private final Runnable prefill;
        private final Runnable decode;
        private final Tensor logits;

        /** Opens the GPU and loads the model; what fails closes what was opened before it. */
        static Model open() {
            Device device = CudaDevice.open(CudaGpu.all().getFirst());
            GpuBackend backend;
            try {
                backend = new GpuBackend(device, Activations.INT8, false);
            } catch (RuntimeException e) {
                device.close();
                throw e;
            }
            Arena arena = Arena.ofShared();
            try {
                return new Model(arena, backend);
            } catch (RuntimeException e) {
                backend.close();
                arena.close();
                throw e;
            }
        }

        private Model(Arena arena, GpuBackend backend) {
            this.arena = arena;
            this.backend = backend;
            this.host = arena.allocate(4L * VOCABULARY);
            this.batch = new Batch(arena, PROMPT_ROWS, 1, 6);
            Tensor table = matrix(VOCABULARY, 1);
            Tensor weight = matrix(WIDTH, 2);
            Tensor norm = rows(1);
            backend.upload(MemorySegment.ofArray(Twins.plain(3, WIDTH)), norm);
            KvLayer layer = backend.kvLayer(arena, DType.F16, PAGES, 2, 32);
            this.logits = backend.allocate(arena, DType.F32, 1, VOCABULARY);
            this.prefill = operations(PROMPT_ROWS, table, weight, norm, layer);
            this.decode = operations(1, table, weight, norm, layer);
        }

        private Tensor matrix(int rows, long seed) {
            return backend.weights(arena, DType.Q8_0, rows, WIDTH, Twins.weights(DType.Q8_0, rows, WIDTH, seed));
        }

        private Tensor rows(int rows) {
            return backend.allocate(arena, DType.F32, rows, WIDTH);
        }

        private Runnable operations(int rows, Tensor table, Tensor weight, Tensor norm, KvLayer layer) {
            Tensor x = rows(rows);
            Tensor q = rows(rows);
            Tensor k = rows(rows);
            Tensor v = rows(rows);
            Tensor scratch = rows(rows);
            Tensor last = rows(1);
            Tensor angles = backend.allocate(arena, DType.F32, rows, 4);
            Rotation rotation = new Rotation(Rotation.Pairs.HALVES, new double[] {1, 0.1}, 1);
            AttentionWeights weights = new AttentionWeights(norm, 1e-5f, weight, null, weight, null, weight, null);
            return () -> {
                backend.embed(table, batch, x);
                backend.angles(batch, rotation, angles);
                backend.attentionInput(x, weights, rotation, angles, batch, layer, scratch, q, k, v);
                backend.attend(q, batch, layer, 0.2f, q);
                backend.addProduct(q, weight, null, scratch, x);
                backend.gather(x, batch, last);
                backend.matmul(last, table, null, logits);
            };
        }

        void prefill() {
            fill(0, PROMPT_ROWS);
            backend.step(batch, prefill);
            backend.download(logits, host);
        }

        void decode(int step) {
            fill(PROMPT_ROWS + step, 1);
            backend.step(batch, decode);
            backend.download(logits, host);
        }

        private void fill(int firstPosition, int rows) {
            batch.clear();
            batch.addSequence(new int[] {0, 2, 4, 6, 8, 10}, 6);
            for (int row = 0; row < rows; row++) {
                batch.add((firstPosition + row) % VOCABULARY, firstPosition + row, 0, row == rows - 1);
            }
        }

        @Override
        public void close() {
            try {
                backend.close();
            } finally {
                arena.close();
            }
        }
    }

    private static void run() {
        try (Model model = Model.open()) {
            model.prefill();
            for (int step = 0; step < DECODE_STEPS; step++) {
                model.decode(step);
            }
        }
    }

    @Test
    void aDecodeStepIsOneUploadOneGraphOneDownloadAndOneWait() {
        try (Model model = Model.open()) {
            model.prefill();
            model.decode(0);
            model.decode(1);
            for (int step = 2; step < 6; step++) {
                driver.clearLog();
                model.decode(step);
                assertEquals(
                        List.of("cuMemcpyHtoDAsync_v2", "cuGraphLaunch", "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize"),
                        driver.functions());
            }
        }
        assertEquals(List.of(), driver.problems());
    }

    @Test
    void aDecodeStepLeavesNothingOnTheHeap() {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                        && threads.isThreadAllocatedMemorySupported(),
                "this JVM does not count a thread's allocations");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        driver.logging(false);
        try (Model model = Model.open()) {
            decode(model, 20_000);
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 10 && least > 0; attempt++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                decode(model, 1_000);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            // fill(0) makes the array of the sequence's pages: 16 bytes and 4 a page
            assertEquals(1_000 * 40, least);
        }
    }

    private static void decode(Model model, int steps) {
        for (int i = 0; i < steps; i++) {
            model.decode(i % 100);
        }
    }

    /** A step that failed is asked for again: what had not reached the GPU is sent now. */
    @Test
    void aStepThatFailedIsDoneWholeTheNextTime() {
        try (Model model = Model.open()) {
            model.prefill();
            for (int step = 0; step < 3; step++) {
                model.decode(step);
            }
            for (int k = 1; k <= 4; k++) {
                int step = 2 + k;
                driver.fail(k, INVALID_VALUE);
                assertThrows(CudaException.class, () -> model.decode(step));
                driver.clearLog();
                model.decode(step);
                assertTrue(driver.functions().contains("cuGraphLaunch"));
                assertEquals(k == 1, driver.functions().contains("cuMemcpyHtoDAsync_v2"), "failed at call " + k);
            }
        }
        assertEquals(List.of(), driver.problems());
    }

    /** When the first steps fail, in which memory gets its size, nothing is launched with memory that there is not. */
    @Test
    void aFirstStepThatFailedIsDoneWholeTheNextTime() {
        long opened;
        long prefilled;
        try (Model model = Model.open()) {
            opened = driver.calls();
            model.prefill();
            prefilled = driver.calls();
        }
        for (long k = 1; k <= prefilled - opened; k++) {
            driver.reset();
            try (Model model = Model.open()) {
                driver.fail(k, INVALID_VALUE);
                CudaException failure = null;
                try {
                    model.prefill();
                } catch (CudaException e) {
                    failure = e;
                }
                assertNotNull(failure, "call " + k + " of the step failed");
                model.prefill();
                for (int step = 0; step < 3; step++) {
                    model.decode(step);
                }
            }
            assertEquals(List.of(), driver.problems(), "after a failure of call " + k);
            assertEquals(List.of(), driver.live());
        }
    }

    @Test
    @Tag("slow")
    void anyCallMayFailAndNothingIsLeft() {
        run();
        long calls = driver.calls();
        for (long k = 1; k <= calls; k++) {
            failAt(k, INVALID_VALUE);
        }
    }

    /** One call in so many, and as many of the last ones, which are releases. */
    @Test
    void manyACallMayFailAndNothingIsLeft() {
        run();
        long calls = driver.calls();
        for (long k = 1; k <= calls; k += 23) {
            failAt(k, INVALID_VALUE);
            failAt(calls - k % 20, INVALID_VALUE);
        }
    }

    @Test
    @Tag("slow")
    void theContextMayDieAtAnyCallOfAStep() {
        long opened;
        long stepped;
        try (Model model = Model.open()) {
            opened = driver.calls();
            model.prefill();
            for (int step = 0; step < DECODE_STEPS; step++) {
                model.decode(step);
            }
            stepped = driver.calls();
        }
        for (long k = opened + 1; k <= stepped; k++) {
            failAt(k, ILLEGAL_ADDRESS);
        }
    }

    private void failAt(long k, int code) {
        driver.reset();
        driver.fail(k, code);
        CudaException failure = null;
        try {
            run();
        } catch (CudaException e) {
            failure = e;
        }
        String failed = driver.failedCall(code);
        assertNotNull(failure, () -> failed + ", call " + k + ", failed and nobody heard of it");
        String message = String.valueOf(failure.getMessage());
        assertFalse(message.contains("\n"), message);
        assertTrue(message.matches("\\w+\\(.*\\) failed: CUDA_ERROR_\\w+ \\(" + code + "\\), .*\\."), message);
        assertTrue(failed.startsWith(failure.function()), () -> failed + " failed, but was told of: " + message);
        driver.requireNothingLeft(failed, k);
        driver.fail(0, 0);
        try (Device device = CudaDevice.open(driver.gpu());
                Arena arena = Arena.ofConfined()) {
            device.allocate(arena, 64);
            device.synchronize();
        }
    }
}
