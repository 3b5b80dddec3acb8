package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.gatun.runtime.TestData;
import dev.gatun.sampler.SamplingParams;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stream of decode steps allocates nothing: neither on the heap nor outside of it. */
@Tag("slow")
class SteadyStateTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Tokens after which every loop has been compiled, so that no compiled vector code boxes any more. */
    private static final int WARM_UP_TOKENS = 600;

    private static final int COUNTED_TOKENS = 200;

    @Test
    void decodeAllocatesNeitherHeapNorNativeMemory() {
        SamplingParams endless = SamplingParams.builder()
                .temperature(0.8f)
                .topP(0.95f)
                .topK(40)
                .presencePenalty(0.5f)
                .ignoreEos(true)
                .seed(1)
                .maxTokens(WARM_UP_TOKENS + COUNTED_TOKENS + 100)
                .build();
        try (Engine engine = Engine.open(TestData.smollm2(), EngineOptions.DEFAULTS.withContext(1_024))) {
            Generation generation =
                    engine.submit(Request.text("Once upon a time").with(endless));
            await(generation, WARM_UP_TOKENS);
            long heapBefore = heapBytes();
            long nativeBefore = nativeSegments();
            await(generation, WARM_UP_TOKENS + COUNTED_TOKENS);
            long heap = heapBytes() - heapBefore;
            assertEquals(0, heap, "heap bytes of the engine's threads over " + COUNTED_TOKENS + " tokens");
            assertEquals(nativeBefore, nativeSegments(), "native segments");
            generation.cancel();
            generation.await();
        }
    }

    private static void await(Generation generation, int tokens) {
        while (generation.metrics().tokens() < tokens) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Bytes that the threads which compute have allocated so far. */
    private static long heapBytes() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(info -> info != null && info.getThreadName().startsWith("gatun-"))
                .mapToLong(info -> THREADS.getThreadAllocatedBytes(info.getThreadId()))
                .sum();
    }

    /** Native segments are counted where direct buffers are. */
    private static long nativeSegments() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getCount)
                .sum();
    }
}
