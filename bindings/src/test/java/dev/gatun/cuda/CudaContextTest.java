package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The driver, its devices and a context, on the stub. */
class CudaContextTest {
    private StubDriver driver;

    @BeforeEach
    void open() {
        driver = StubDriver.open();
    }

    @AfterEach
    void nothingWasDoneWrong() {
        assertEquals(List.of(), driver.problems());
        assertEquals(List.of(), driver.live());
    }

    @Test
    void describesTheGpus() {
        driver.devices(2);
        List<CudaGpu> gpus = CudaGpu.all();
        assertEquals(2, gpus.size());
        CudaGpu second = gpus.get(1);
        assertEquals("GPU 1, Stub GPU 1", second.toString());
        assertEquals("0000:66:00.0", second.busId());
        assertEquals(80L << 30, second.totalBytes());
        assertEquals("9.0", second.computeCapabilityText());
        assertEquals(90, second.computeCapability());
        assertEquals(132, second.attribute(GpuAttribute.MULTIPROCESSORS));
        assertEquals(232_448, second.attribute(GpuAttribute.SHARED_BYTES_PER_BLOCK_OPT_IN));
        assertEquals(new CudaDriver.Found(driver.library(), 13_000), CudaDriver.find());
    }

    @Test
    void hasNoGpusWhereTheDriverSeesNone() {
        driver.devices(0);
        assertEquals(List.of(), CudaGpu.all());
    }

    @Test
    void saysWhyTheDriverDoesNotStart() {
        driver.initResult(803);
        CudaException failure = assertThrows(CudaException.class, CudaGpu::all);
        assertEquals(
                "cuInit(flags=0) failed: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803), system has unsupported display driver /"
                        + " cuda driver combination.",
                failure.getMessage());
        assertEquals("cuInit", failure.function());
        assertEquals(803, failure.code());
    }

    @Test
    void namesAnErrorThatTheDriverHasNoTextFor() {
        driver.initResult(4711);
        assertEquals(
                "cuInit(flags=0) failed: unknown error (4711), which the driver has no text for.",
                assertThrows(CudaException.class, CudaGpu::all).getMessage());
    }

    @Test
    void freesMemoryWithItsArenaOnAnyThread() throws InterruptedException {
        try (CudaContext context = CudaContext.open(driver.gpu())) {
            long free = context.freeBytes();
            Arena arena = Arena.ofShared();
            MemorySegment memory = context.allocate(arena, 1000);
            assertEquals(0, memory.byteSize());
            assertEquals(0, memory.address() % 256);
            assertEquals(1000, context.allocatedBytes());
            assertEquals(free - 1000, context.freeBytes());
            Thread other = Thread.ofPlatform().start(arena::close);
            other.join();
            assertEquals(0, context.allocatedBytes());
            assertEquals(free, context.freeBytes());
            assertEquals(1, count("cuMemFree_v2"));
        }
    }

    @Test
    void isMadeCurrentOnceAThreadAndEachTimeOnAVirtualOne() throws InterruptedException {
        try (CudaContext context = CudaContext.open(driver.gpu())) {
            driver.clearLog();
            context.freeBytes();
            context.freeBytes();
            assertEquals(List.of("cuMemGetInfo_v2", "cuMemGetInfo_v2"), driver.functions());
            driver.clearLog();
            Thread.ofPlatform()
                    .start(() -> {
                        context.freeBytes();
                        context.freeBytes();
                    })
                    .join();
            assertEquals(List.of("cuCtxSetCurrent", "cuMemGetInfo_v2", "cuMemGetInfo_v2"), driver.functions());
            driver.clearLog();
            Thread.ofVirtual()
                    .start(() -> {
                        context.freeBytes();
                        context.freeBytes();
                    })
                    .join();
            assertEquals(2, count("cuCtxSetCurrent"));
        }
    }

    @Test
    void twoContextsOnOneThreadTakeTurns() {
        driver.devices(2);
        List<CudaGpu> gpus = CudaGpu.all();
        try (CudaContext first = CudaContext.open(gpus.get(0));
                CudaContext second = CudaContext.open(gpus.get(1));
                Arena arena = Arena.ofConfined()) {
            first.allocate(arena, 64);
            second.allocate(arena, 64);
            first.freeBytes();
            assertEquals(4, count("cuCtxSetCurrent") - 1, "each change, after the first of all");
        }
    }

    @Test
    void givesBackEverythingWhenItClosesAndNothingTwice() {
        CudaContext context = CudaContext.open(driver.gpu());
        Arena arena = Arena.ofShared();
        context.allocate(arena, 100);
        context.allocatePinned(arena, 100);
        CudaStream stream = CudaStream.open(arena, context);
        CudaEvent.timed(arena, context);
        stream.beginCapture();
        stream.endCapture(arena).instantiate(arena);
        CudaModule.load(arena, context, CudaFunctionTest.TEXT);
        driver.clearLog();
        context.close();
        assertEquals(
                List.of(
                        "cuCtxSynchronize",
                        "cuGraphExecDestroy",
                        "cuGraphDestroy",
                        "cuEventDestroy_v2",
                        "cuStreamDestroy_v2",
                        "cuModuleUnload",
                        "cuMemFreeHost",
                        "cuMemFree_v2",
                        "cuDevicePrimaryCtxRelease_v2"),
                driver.functions());
        context.close();
        arena.close();
        assertEquals(9, driver.functions().size());
        assertThrows(IllegalStateException.class, context::freeBytes);
        assertThrows(IllegalStateException.class, stream::synchronize);
    }

    @Test
    void saysHowMuchIsFreeWhenMemoryIsOut() {
        driver.memory(3_000_000_000L);
        try (CudaContext context = CudaContext.open(driver.gpu());
                Arena arena = Arena.ofConfined()) {
            context.allocate(arena, 2_500_000_000L);
            CudaException failure = assertThrows(CudaException.class, () -> context.allocate(arena, 600_000_000L));
            assertEquals(
                    "cuMemAlloc(byteSize=600000000) failed: CUDA_ERROR_OUT_OF_MEMORY (2), out of memory; 500 of 3000 MB"
                            + " are free on GPU 0, Stub GPU 0.",
                    failure.getMessage());
            assertTrue(failure.isOutOfMemory());
            assertFalse(failure.isSticky());
            context.allocate(arena, 400_000_000L);
        }
    }

    @Test
    void isDeadAfterAStickyErrorAndSaysWhatKilledIt() {
        CudaContext context = CudaContext.open(driver.gpu());
        try (Arena arena = Arena.ofShared()) {
            context.allocate(arena, 64);
            CudaStream stream = CudaStream.open(arena, context);
            driver.fail(1, 700);
            CudaException failure = assertThrows(CudaException.class, stream::synchronize);
            assertTrue(failure.isSticky());
            assertEquals(
                    "cuStreamSynchronize() failed: CUDA_ERROR_ILLEGAL_ADDRESS (700), an illegal memory access was"
                            + " encountered; the context is lost with all its memory: restart the process.",
                    failure.getMessage());
            driver.clearLog();
            CudaException later = assertThrows(CudaException.class, () -> context.allocate(arena, 64));
            assertEquals(failure.getMessage(), later.getMessage());
            assertEquals(failure, later.getCause());
            assertEquals(List.of(), driver.functions(), "the driver is not asked again");
            context.close();
        }
        assertEquals(1, count("cuMemFree_v2"), "given back all the same");
    }

    @Test
    void reportsAReleaseThatFailedWhenItClosesAndReleasesTheRest() {
        CudaContext context = CudaContext.open(driver.gpu());
        Arena arena = Arena.ofShared();
        context.allocate(arena, 64);
        context.allocate(arena, 128);
        driver.fail(1, 1);
        arena.close();
        CudaException failure = assertThrows(CudaException.class, context::close);
        assertEquals("cuMemFree", failure.function());
        assertEquals(1, driver.problems().size(), "the one that the driver refused");
        assertTrue(driver.problems().getFirst().startsWith("leak: memory"), driver.problems()::getFirst);
        driver.reset();
    }

    @Test
    void givesBackWhatAClosedArenaCanNotTake() {
        try (CudaContext context = CudaContext.open(driver.gpu())) {
            Arena closed = Arena.ofConfined();
            closed.close();
            assertThrows(IllegalStateException.class, () -> context.allocate(closed, 64));
            assertEquals(1, count("cuMemFree_v2"));
        }
    }

    private long count(String function) {
        return driver.functions().stream().filter(function::equals).count();
    }
}
