package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies, events, captures and graphs, on the stub. */
class CudaStreamTest {
    private StubDriver driver;
    private CudaContext context;
    private CudaStream stream;
    private final Arena arena = Arena.ofShared();

    @BeforeEach
    void open() {
        driver = StubDriver.open();
        context = CudaContext.open(driver.gpu());
        stream = CudaStream.open(arena, context);
    }

    @AfterEach
    void close() {
        context.close();
        arena.close();
        assertEquals(List.of(), driver.live());
    }

    private void nothingWasDoneWrong() {
        assertEquals(List.of(), driver.problems());
    }

    @Test
    void copiesGoRound() {
        MemorySegment device = context.allocate(arena, 64);
        MemorySegment other = context.allocate(arena, 64);
        MemorySegment host = arena.allocateFrom(ValueLayout.JAVA_INT, 1, 2, 3, 4);
        stream.fill(device, 0, 64, (byte) 7);
        stream.copyIn(host, device, 8);
        stream.copy(device, 8, other, 16, 16);
        MemorySegment back = arena.allocate(16);
        stream.copyOut(other, 16, back);
        MemorySegment filled = arena.allocate(8);
        stream.copyOut(device, 0, filled);
        stream.synchronize();
        assertArrayEquals(new int[] {1, 2, 3, 4}, back.toArray(ValueLayout.JAVA_INT));
        assertArrayEquals(new byte[] {7, 7, 7, 7, 7, 7, 7, 7}, filled.toArray(ValueLayout.JAVA_BYTE));
        nothingWasDoneWrong();
    }

    /** What makes pinned memory worth its rules, and the stub worth its name. */
    @Test
    void aCopyOfPinnedMemoryReadsItLater() {
        MemorySegment device = context.allocate(arena, 4);
        MemorySegment pinned = context.allocatePinned(arena, 4);
        assertEquals(4, pinned.byteSize());
        pinned.set(ValueLayout.JAVA_INT, 0, 1);
        stream.copyIn(pinned, device, 0);
        pinned.set(ValueLayout.JAVA_INT, 0, 2);
        assertFalse(stream.isIdle());
        assertTrue(stream.isIdle());
        MemorySegment host = arena.allocate(4);
        stream.copyOut(device, 0, host);
        assertEquals(2, host.get(ValueLayout.JAVA_INT, 0));
        nothingWasDoneWrong();
    }

    @Test
    void refusesHeapMemoryAndWhatWasFreed() {
        MemorySegment device = context.allocate(arena, 64);
        MemorySegment heap = MemorySegment.ofArray(new int[4]);
        assertThrows(IllegalArgumentException.class, () -> stream.copyIn(heap, device, 0));
        assertThrows(IllegalArgumentException.class, () -> stream.copyOut(device, 0, heap));
        Arena shortLived = Arena.ofConfined();
        MemorySegment freed = context.allocate(shortLived, 64);
        shortLived.close();
        driver.clearLog();
        assertThrows(IllegalStateException.class, () -> stream.fill(freed, 0, 64, (byte) 0));
        assertEquals(List.of(), driver.functions());
        nothingWasDoneWrong();
    }

    @Test
    void namesPlaceAndSizeOfACopyThatFails() {
        MemorySegment device = context.allocate(arena, 64);
        MemorySegment host = arena.allocate(100);
        assertEquals(
                "cuMemcpyHtoDAsync(device=0x" + Long.toHexString(device.address())
                        + ", byteSize=100) failed: CUDA_ERROR_INVALID_VALUE (1), invalid argument.",
                assertThrows(CudaException.class, () -> stream.copyIn(host, device, 0))
                        .getMessage());
        assertThrows(CudaException.class, () -> stream.copyOut(device, 0, host));
        assertThrows(CudaException.class, () -> stream.copy(device, 60, device, 0, 8));
        assertThrows(CudaException.class, () -> stream.fill(device, 60, 8, (byte) 0));
        assertEquals(4, driver.problems().size());
    }

    @Test
    void eventsAreWaitedForAndMeasure() {
        CudaEvent begin = CudaEvent.timed(arena, context);
        CudaEvent end = CudaEvent.timed(arena, context);
        assertTrue(begin.isPassed(), "never put anywhere");
        CudaFunction scale =
                CudaModule.load(arena, context, CudaFunctionTest.TEXT).function("scale");
        MemorySegment parameters = arena.allocate(16, 16);
        begin.record(stream);
        scale.launch(stream, 1, 1, 1, 32, 0, parameters);
        scale.launch(stream, 1, 1, 1, 32, 0, parameters);
        end.record(stream);
        assertFalse(end.isPassed());
        end.synchronize();
        assertTrue(end.isPassed());
        assertEquals(2f, end.millisecondsSince(begin), "the stub's launches take a millisecond");
        CudaStream.open(arena, context).await(end);
        CudaEvent untimed = CudaEvent.untimed(arena, context);
        assertThrows(CudaException.class, () -> untimed.millisecondsSince(begin));
        nothingWasDoneWrong();
    }

    @Test
    void aGraphRepeatsWhatWasCapturedAndNothingRunsMeanwhile() {
        CudaFunction scale =
                CudaModule.load(arena, context, CudaFunctionTest.TEXT).function("scale");
        MemorySegment device = context.allocate(arena, 4);
        MemorySegment host = arena.allocate(4);
        MemorySegment parameters = arena.allocate(16, 16);
        stream.fill(device, 0, 4, (byte) 1);
        stream.beginCapture();
        assertTrue(stream.isCapturing());
        stream.fill(device, 0, 4, (byte) 2);
        scale.launch(stream, 1, 1, 1, 32, 0, parameters);
        CudaGraph graph = stream.endCapture(arena);
        assertFalse(stream.isCapturing());
        assertEquals(2, graph.nodes());
        stream.copyOut(device, 0, host);
        assertEquals(1, host.get(ValueLayout.JAVA_BYTE, 0));
        CudaGraphExec exec = graph.instantiate(arena);
        exec.upload(stream);
        exec.launch(stream);
        stream.copyOut(device, 0, host);
        assertEquals(2, host.get(ValueLayout.JAVA_BYTE, 0));
        exec.destroy();
        exec.destroy();
        assertThrows(IllegalStateException.class, () -> exec.launch(stream));
        nothingWasDoneWrong();
    }

    @Test
    void aGraphTakesTheParametersOfAnotherWithTheSameNodes() {
        MemorySegment device = context.allocate(arena, 8);
        CudaGraphExec exec = filling(device, (byte) 1, 1).instantiate(arena);
        assertTrue(exec.update(filling(device, (byte) 2, 1)));
        assertFalse(exec.update(filling(device, (byte) 3, 2)), "one node more");
        exec.launch(stream);
        MemorySegment host = arena.allocate(4);
        stream.copyOut(device, 0, host);
        assertEquals(2, host.get(ValueLayout.JAVA_BYTE, 0));
        nothingWasDoneWrong();
    }

    private CudaGraph filling(MemorySegment device, byte value, int times) {
        stream.beginCapture();
        for (int i = 0; i < times; i++) {
            stream.fill(device, 0, 4, value);
        }
        return stream.endCapture(arena);
    }

    @Test
    void whatWaitsOrAllocatesSpoilsACaptureWhichEndsAllTheSame() {
        stream.beginCapture();
        CudaException failure = assertThrows(CudaException.class, () -> context.allocate(arena, 64));
        assertEquals("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", failure.errorName());
        assertEquals(
                "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
                assertThrows(CudaException.class, () -> stream.endCapture(arena))
                        .errorName());
        assertFalse(stream.isCapturing());
        stream.beginCapture();
        assertThrows(CudaException.class, stream::synchronize);
        assertThrows(CudaException.class, () -> stream.endCapture(arena));
        stream.synchronize();
        assertEquals(2, driver.problems().size());
    }

    @Test
    void anotherThreadMayFreeDuringACapture() throws InterruptedException {
        Arena other = Arena.ofShared();
        context.allocate(other, 64);
        stream.beginCapture();
        Thread.ofPlatform().start(other::close).join();
        assertEquals(0, stream.endCapture(arena).nodes());
        nothingWasDoneWrong();
    }

    @Test
    void isGoneWithItsArena() {
        Arena shortLived = Arena.ofShared();
        CudaStream gone = CudaStream.open(shortLived, context);
        CudaEvent event = CudaEvent.timed(shortLived, context);
        shortLived.close();
        assertThrows(IllegalStateException.class, gone::synchronize);
        assertThrows(IllegalStateException.class, () -> event.record(stream));
        nothingWasDoneWrong();
    }
}
