package dev.gatun.bench.gpu;

import dev.gatun.bench.KernelCounters;
import dev.gatun.cuda.GpuAttribute;
import dev.gatun.cuda.GpuMonitor;
import dev.gatun.cuda.GpuReading;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every operation at its shape: right first, then how long it takes with a warm cache and with a cold one. On the PTX machine
 * the gate is the same and counts stand in the place of times.
 */
public final class LadderPart implements Part {
    static final String COLD = "cold us";
    static final String HOT = "hot us";

    private static final int MOST_COPIES = 64;
    private static final int HOT_COPIES = 20;

    private final Size size;
    private final String operations;
    private final ResultFolder folder;

    /** @param operations regular expression found in the names of those that run */
    public LadderPart(Size size, String operations, ResultFolder folder) {
        this.size = size;
        this.operations = operations;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "kernels";
    }

    @Override
    public char letter() {
        return 'd';
    }

    @Override
    public String title() {
        return "Kernels: correct, then cold and hot";
    }

    @Override
    public List<String> inputs() {
        return List.of(size.name(), operations);
    }

    @Override
    public List<Case> cases(Stand stand) {
        return exercises().stream()
                .map(exercise -> Case.of(exercise.name(), budget -> run(stand, exercise, budget)))
                .toList();
    }

    List<Exercise> exercises() {
        return Exercises.of(size.division).stream()
                .filter(exercise -> exercise.name().matches(".*(" + operations + ").*"))
                .toList();
    }

    private Row run(Stand stand, Exercise exercise, Budget budget) {
        Gate.Verdict verdict = new Gate(stand, size.trials).judge(exercise);
        if (!verdict.passed()) {
            return Row.of(exercise.name(), Status.FAILED, "no time without a right result: " + verdict.note());
        }
        Row row = stand.hasClock() ? timed(stand, exercise, budget) : counted(exercise);
        return row.with("relative error", verdict.error());
    }

    // ---- a GPU

    Row timed(Stand stand, Exercise exercise, Budget budget) {
        CudaDevice device = stand.cuda();
        try (GpuBackend backend = new GpuBackend(stand.lent(), exercise.activations(), exercise.tensorCores());
                Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device)) {
            Exercise.Operands operands = exercise.setting().open(backend, arena);
            long cache = stand.graphics().orElseThrow().attribute(GpuAttribute.L2_CACHE_BYTES);
            int copies = (int) Math.min(MOST_COPIES, 2 * cache / Math.max(1, exercise.bytes()) + 2);
            boolean rotates = exercise.graph() && copies * exercise.bytes() >= 2 * cache;
            List<Runnable> works = new ArrayList<>();
            for (int i = 0; i < (rotates ? copies : 1); i++) {
                Exercise.Copy copy = operands.copy(i + 1);
                copy.run(); // memory gets its size, kernels are loaded
                works.add(copy::run);
            }
            Runnable one = works.getFirst();
            List<Runnable> hotWorks = Collections.nCopies(HOT_COPIES, one);
            Samples hot = exercise.graph() ? stopwatch.timeGraph(budget, hotWorks) : stopwatch.time(budget, 1, one);
            Samples cold = rotates
                    ? stopwatch.timeGraph(budget, works)
                    : flushed(stopwatch, device, cache, budget, exercise, one);
            String note = rotates
                    ? "cold: a graph over " + copies + " copies"
                    : exercise.graph()
                            ? "cold: one graph of one after the cache was overwritten"
                            : "with its way to the host";
            Row row = CeilingsPart.timed(exercise.name(), cold, note + clocks(stand));
            return shares(
                    new Row(row.name(), row.status(), Map.of(), row.samplesMicros(), row.note())
                            .with(COLD, cold.median())
                            .with("cold us, p75", cold.quantile(0.75))
                            .with(HOT, hot.median()),
                    exercise,
                    cold.median());
        }
    }

    private static Samples flushed(
            Stopwatch stopwatch, CudaDevice device, long cache, Budget budget, Exercise exercise, Runnable one) {
        if (!exercise.graph()) {
            return stopwatch.time(budget, 1, one);
        }
        try (Arena scratch = Arena.ofShared()) {
            MemorySegment flush = device.allocate(scratch, 2 * cache);
            return stopwatch.timeFlushed(budget, flush, 2 * cache, one);
        }
    }

    private Row shares(Row row, Exercise exercise, double micros) {
        Row with = row.with("GB/s", exercise.bytes() / micros / 1e3);
        Optional<Double> copy = ceiling(row, CeilingsPart.COPY, CeilingsPart.RATE);
        if (copy.isPresent()) {
            with = with.with("% of copy", 100 * exercise.bytes() / micros / 1e3 / copy.get());
        }
        if (exercise.multiplyAdds() > 0) {
            double teraflops = exercise.operations() / micros / 1e6;
            with = with.with("TFLOP/s", teraflops);
            Optional<Double> gemm = ceiling(row, CeilingsPart.GEMM, CeilingsPart.TERAFLOPS);
            if (gemm.isPresent()) {
                with = with.with("% of cuBLAS", 100 * teraflops / gemm.get());
            }
        }
        return with;
    }

    private Optional<Double> ceiling(Row row, String name, String figure) {
        return row.status() == Status.MEASURED ? folder.figure("ceilings", name, figure) : Optional.empty();
    }

    private static String clocks(Stand stand) {
        Optional<GpuMonitor> monitor = stand.monitor();
        if (monitor.isEmpty()) {
            return "; clocks unknown, no NVML";
        }
        GpuReading reading = monitor.get().read();
        StringBuilder text = new StringBuilder();
        reading.multiprocessorMegahertz()
                .ifPresent(mhz -> text.append("; SM ").append(mhz).append(" MHz"));
        reading.memoryMegahertz()
                .ifPresent(mhz -> text.append(", memory ").append(mhz).append(" MHz"));
        reading.milliwatts().ifPresent(mw -> text.append(", ").append(mw / 1000).append(" W"));
        reading.celsius().ifPresent(c -> text.append(", ").append(c).append(" C"));
        if (reading.slowdowns() != 0) {
            text.append(", slowed down: 0x").append(Long.toHexString(reading.slowdowns()));
        }
        return text.toString();
    }

    // ---- the PTX machine

    private static Row counted(Exercise exercise) {
        Map<String, Counters> byKernel = count(exercise);
        long instructions = 0;
        long sectors = 0;
        long ideal = 0;
        long conflicts = 0;
        for (Counters counters : byKernel.values()) {
            instructions += counters.warpInstructions();
            sectors += counters.global().sectors();
            ideal += counters.global().idealSectors();
            conflicts += counters.shared().bankConflicts();
        }
        return Row.of(exercise.name(), Status.COUNTED, String.join(", ", byKernel.keySet()))
                .with("warp instructions", (double) instructions)
                .with("sectors to ideal", ideal == 0 ? 1 : (double) sectors / ideal)
                .with("bank conflicts", (double) conflicts);
    }

    /** What one run of an exercise asks of the PTX machine, by kernel. */
    static Map<String, Counters> count(Exercise exercise) {
        KernelCounters counters = new KernelCounters();
        VmDevice device = VmDevice.open(LaunchOptions.DEFAULT.withWorkers(1).withWatcher(counters));
        try (GpuBackend backend = new GpuBackend(device, exercise.activations(), exercise.tensorCores());
                Arena arena = Arena.ofShared()) {
            Exercise.Copy copy = exercise.setting().open(backend, arena).copy(1);
            counters.take();
            copy.run();
            return counters.take();
        }
    }
}
