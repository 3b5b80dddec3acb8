package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A launch, a copy, a graph launch and a synchronisation leave nothing behind, on the heap or beside it. */
class CallAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int ROUNDS = 3_000;

    @Test
    void aStepAllocatesNothing() {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                        && threads.isThreadAllocatedMemorySupported(),
                "this JVM does not count a thread's allocations");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StubDriver driver = StubDriver.open();
        driver.logging(false);
        try (CudaContext context = CudaContext.open(driver.gpu());
                Arena arena = Arena.ofShared()) {
            Step step = new Step(context, arena);
            step.run(WARM_UP);
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 5 && least > 0; attempt++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                step.run(ROUNDS);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes of heap in " + ROUNDS + " rounds");
        }
        assertEquals(List.of(), driver.problems());
    }

    private static final class Step {
        private final CudaStream stream;
        private final CudaEvent event;
        private final CudaFunction function;
        private final CudaGraphExec graph;
        private final MemorySegment device;
        private final MemorySegment host;
        private final MemorySegment parameters;

        Step(CudaContext context, Arena arena) {
            stream = CudaStream.open(arena, context);
            event = CudaEvent.untimed(arena, context);
            function = CudaModule.load(arena, context, CudaFunctionTest.TEXT).function("scale");
            device = context.allocate(arena, 64);
            host = context.allocatePinned(arena, 64);
            parameters = arena.allocate(16, 16);
            stream.beginCapture();
            function.launch(stream, 1, 1, 1, 32, 0, parameters);
            graph = stream.endCapture(arena).instantiate(arena);
        }

        void run(int rounds) {
            for (int round = 0; round < rounds; round++) {
                stream.copyIn(host, device, 0);
                function.launch(stream, 2, 1, 1, 32, 0, parameters);
                function.launchProgrammatic(stream, 2, 1, 1, 32, 0, parameters);
                graph.launch(stream);
                event.record(stream);
                stream.copyOut(device, 0, host);
                event.synchronize();
                stream.synchronize();
            }
        }
    }
}
