package dev.gatun.bench.gpu;

import dev.gatun.cuda.CudaEvent;
import dev.gatun.cuda.CudaStream;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.Recording;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/**
 * Times launches by the GPU's own clock: a pair of events around what is in the stream. Samples are taken until they agree, at
 * most for {@link #PATIENCE} or as long as the budget lasts.
 */
final class Stopwatch implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration AT_LEAST = Duration.ofMillis(500);
    private static final int WARM_UPS = 2;
    private static final int MOST_SAMPLES = 2_000;

    private final Arena arena = Arena.ofShared();
    private final CudaDevice device;
    private final CudaStream stream;
    private final CudaEvent begin;
    private final CudaEvent end;

    Stopwatch(CudaDevice device) {
        this.device = device;
        this.stream = device.stream();
        this.begin = CudaEvent.timed(arena, device.context());
        this.end = CudaEvent.timed(arena, device.context());
    }

    /** Times what {@code work} puts into the stream; each sample is divided by {@code copies}. */
    Samples time(Budget budget, int copies, Runnable work) {
        return time(budget, copies, () -> {}, work);
    }

    /**
     * Times one graph of all {@code works}, once over: microseconds of one of them. With as many operands as do not fit into
     * the cache, times are cold.
     */
    Samples timeGraph(Budget budget, List<Runnable> works) {
        Recording graph = device.record(() -> works.forEach(Runnable::run));
        return time(budget, works.size(), () -> device.replay(graph));
    }

    /** Times {@code work} alone, after {@code flush}, which has more bytes than the cache, was written: cold. */
    Samples timeFlushed(Budget budget, MemorySegment flush, long flushBytes, Runnable work) {
        Recording graph = device.record(work);
        return time(budget, 1, () -> stream.fill(flush, 0, flushBytes, (byte) 1), () -> device.replay(graph));
    }

    private Samples time(Budget budget, int copies, Runnable before, Runnable work) {
        for (int i = 0; i < WARM_UPS; i++) {
            before.run();
            work.run();
        }
        device.synchronize();
        Budget patience = budget.atMost(PATIENCE);
        Budget least = budget.atMost(AT_LEAST);
        Samples samples = new Samples();
        while (samples.count() < Samples.LEAST
                || (!patience.isSpent() && samples.count() < MOST_SAMPLES && !(least.isSpent() && samples.suffice()))) {
            before.run();
            begin.record(stream);
            work.run();
            end.record(stream);
            end.synchronize();
            samples.add(1e3 * end.millisecondsSince(begin) / copies);
        }
        return samples;
    }

    @Override
    public void close() {
        arena.close();
    }
}
