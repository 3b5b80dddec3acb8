package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.gatun.runtime.TestData;
import dev.gatun.sampler.SamplingParams;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stream of decode steps allocates nothing: neither on the heap nor outside of it. */
@Tag("slow")
class SteadyStateTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int WINDOW_TOKENS = 200;

    /** Until the compiler has done its part, vector code boxes: the first windows do not count. */
    private static final int MOST_WINDOWS = 15;

    @Test
    void decodeAllocatesNeitherHeapNorNativeMemory() {
        SamplingParams endless = SamplingParams.builder()
                .temperature(0.8f)
                .topP(0.95f)
                .topK(40)
                .presencePenalty(0.5f)
                .ignoreEos(true)
                .seed(1)
                .maxTokens((MOST_WINDOWS + 2) * WINDOW_TOKENS)
                .build();
        try (Engine engine = Engine.open(TestData.smollm2(), EngineOptions.DEFAULTS.withContext(4_096))) {
            Generation generation =
                    engine.submit(Request.text("Once upon a time").with(endless));
            List<Long> heap = new ArrayList<>();
            long nativeBefore = nativeSegments();
            while (heap.size() < MOST_WINDOWS && !heap.contains(0L)) {
                long before = heapBytes();
                await(generation, (heap.size() + 1) * WINDOW_TOKENS);
                heap.add(heapBytes() - before);
            }
            generation.cancel();
            generation.await();
            assertEquals(
                    0,
                    heap.getLast(),
                    () -> "heap bytes of the engine's threads, by " + WINDOW_TOKENS + " tokens: " + heap);
            assertEquals(nativeBefore, nativeSegments(), "native segments");
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
