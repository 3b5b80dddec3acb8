package dev.gatun.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.StubDriver;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The GPU behind the device seam, on a driver without one: what it asks of the driver, in which order. */
class CudaDeviceTest extends DeviceRules {
    private final StubDriver driver = StubDriver.open();

    @Override
    Device open() {
        return CudaDevice.open(driver.gpu());
    }

    @Override
    @AfterEach
    void close() {
        super.close();
        assertEquals(List.of(), driver.problems());
        assertEquals(List.of(), driver.live());
    }

    private List<String> calls(String function) {
        return driver.log().stream()
                .filter(line -> line.startsWith(function + "("))
                .toList();
    }

    @Test
    void describesTheGpuAndItsMemory() {
        assertEquals("cuda (Stub GPU 0, compute capability 9.0, 132 multiprocessors)", device.description());
        device.allocate(arena, 1 << 20);
        DeviceMemory memory = device.memory();
        assertEquals(1 << 20, memory.usedBytes());
        assertEquals(80L << 30, memory.totalBytes().orElseThrow());
        assertEquals((80L << 30) - (1 << 20), memory.freeBytes().orElseThrow());
    }

    @Test
    void refusesAGpuOlderThanTheKernels() {
        driver.attribute(75, 7);
        driver.attribute(76, 5);
        UnsupportedOperationException refusal =
                assertThrows(UnsupportedOperationException.class, () -> CudaDevice.open(driver.gpu()));
        assertEquals(
                "GPU 0, Stub GPU 0 has compute capability 7.5; the kernels need 8.0 or newer", refusal.getMessage());
    }

    @Test
    void uploadsInPartsThatTheStreamEmptiesWhileTheNextIsFilled() {
        MemorySegment memory = device.allocate(arena, 20 << 20);
        driver.clearLog();
        device.copyIn(MemorySegment.ofArray(new byte[20 << 20]), memory, 0);
        assertEquals(5, calls("cuMemcpyHtoDAsync_v2").size());
        assertEquals(4, calls("cuEventRecord").size());
        assertEquals(3, calls("cuEventSynchronize").size(), "the half in front was empty");
        assertEquals(List.of(), calls("cuStreamSynchronize"));
    }

    @Test
    void asksForMoreSharedMemoryOnceAndOnlyBeyondWhatIsFree() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        driver.clearLog();
        parameters.clear().pointer(memory, 0).u32(1);
        for (int sharedByteSize : new int[] {48 * 1024, 100_000, 90_000, 100_000, 200_000}) {
            device.launch(increase, grid.blocks(1, 1, 1).shared(sharedByteSize), parameters);
        }
        assertEquals(2, calls("cuFuncSetAttribute").size());
        assertEquals(5, calls("cuLaunchKernel").size());
        grid.blocks(1, 1, 1).shared(300_000);
        CudaException refusal = assertThrows(CudaException.class, () -> device.launch(increase, grid, parameters));
        assertTrue(
                String.valueOf(refusal.getMessage()).endsWith("; a block of GPU 0, Stub GPU 0 has 232448."),
                refusal::getMessage);
    }

    @Test
    void compilesATextOnce() {
        device.load(TEXT);
        device.load(TEXT);
        assertEquals(1, calls("cuModuleLoadDataEx").size());
        device.load(TEXT.replace("increase", "grow"));
        assertEquals(2, calls("cuModuleLoadDataEx").size());
    }

    @Test
    void letsAKernelBeginEarlyOnlyIfItWaitsItself() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        launch(memory, 1);
        assertEquals(1, calls("cuLaunchKernel").size());
        Entry waits = device.load(TEXT.replace("sm_80", "sm_90")
                        .replace(".version 7.4", ".version 7.8")
                        .replace("ld.global", "griddepcontrol.wait;\n    ld.global"))
                .entry("increase");
        ParamBlock block =
                new ParamBlock(arena, waits).clear().pointer(memory, 0).u32(1);
        device.launch(waits, grid.blocks(1, 1, 1), block);
        assertEquals(1, calls("cuLaunchKernel").size());
        assertTrue(calls("cuLaunchKernelEx").getFirst().contains("programmatic"));
    }

    @Test
    void replaysARecordingWithOneCall() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        Recording recording = device.record(() -> {
            launch(memory, 1);
            launch(memory, 10);
        });
        driver.clearLog();
        device.replay(recording);
        assertEquals(List.of("cuGraphLaunch"), driver.functions());
        assertTrue(driver.log().getFirst().contains("nodes=2"), driver.log()::getFirst);
    }

    @Test
    void destroysTheGraphsOfRecordingsThatNobodyHas() throws InterruptedException {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        for (int attempt = 0; attempt < 100 && calls("cuGraphExecDestroy").isEmpty(); attempt++) {
            device.record(() -> launch(memory, 1));
            System.gc();
            Thread.sleep(10);
        }
        assertTrue(!calls("cuGraphExecDestroy").isEmpty(), "none was destroyed");
    }

    @Test
    void givesMemoryBackWhoseArenaIsStillOpen() {
        device.allocate(arena, 64);
        device.close();
        assertEquals(List.of(), driver.live());
    }

    @Test
    void isUsableAfterAnErrorThatIsNotSticky() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        driver.fail(1, 2);
        assertThrows(CudaException.class, () -> device.allocate(arena, 64));
        device.copyIn(MemorySegment.ofArray(new int[] {1, 2, 3, 4}), memory, 0);
        driver.fail(1, 1);
        assertThrows(CudaException.class, () -> numbers(memory));
        assertEquals(4, numbers(memory)[3]);
    }

    /** For each call that a recording makes: if it fails, nothing is left of it and the next recording works. */
    @Test
    void survivesAnyFailureOfARecording() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        long begin = driver.calls();
        device.record(() -> launch(memory, 1));
        long calls = driver.calls() - begin;
        assertEquals(5, calls, "begin, launch, end, instantiate, destroy the graph");
        for (int k = 1; k < calls; k++) {
            List<String> before = graphs();
            driver.fail(k, 1);
            assertThrows(CudaException.class, () -> device.record(() -> launch(memory, 1)));
            assertEquals(before, graphs());
            Recording recording = device.record(() -> launch(memory, 1));
            device.replay(recording);
            device.synchronize();
        }
    }

    private List<String> graphs() {
        return Stream.of(driver.live())
                .flatMap(List::stream)
                .filter(line -> line.startsWith("graph") || line.startsWith("exec"))
                .toList();
    }
}
