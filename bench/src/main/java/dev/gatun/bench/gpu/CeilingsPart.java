package dev.gatun.bench.gpu;

import com.sun.management.ThreadMXBean;
import dev.gatun.cublas.Cublas;
import dev.gatun.cublas.ElementType;
import dev.gatun.cublas.GemmPlan;
import dev.gatun.cuda.CudaStream;
import dev.gatun.cuda.GpuAttribute;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import dev.gatun.runtime.MissingCapabilityException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What the machine can do at most, measured: everything else is a share of it. And what its driver costs. */
public final class CeilingsPart implements Part {
    static final String COPY = "copy on the device";
    static final String READ = "read";
    static final String GEMM = "product of matrices, cuBLASLt bf16";
    static final String GAP = "graph node";
    static final String DEPENDENT_GAP = "graph node, programmatic dependent launch";
    static final String RATE = "GB/s";
    static final String TERAFLOPS = "TFLOP/s";
    static final String MICROS = "us";

    private static final int PIECE_BYTES = 1 << 14;
    private static final int THREADS = 256;
    private static final int NODES = 256;
    private static final double GEMM_TOLERANCE = 1e-5;
    private static final int CALLS = 50_000;

    private final Size size;

    public CeilingsPart(Size size) {
        this.size = size;
    }

    @Override
    public String name() {
        return "ceilings";
    }

    @Override
    public char letter() {
        return 'a';
    }

    @Override
    public String title() {
        return "Driver and ceilings";
    }

    @Override
    public List<String> inputs() {
        return List.of(size.name());
    }

    @Override
    public List<Case> cases(Stand stand) {
        return List.of(
                Case.of(READ + " is right", budget -> readIsRight(stand)),
                Case.of(COPY, budget -> copy(stand, budget)),
                Case.of("fill", budget -> fill(stand, budget)),
                Case.of(READ, budget -> read(stand, budget)),
                Case.of("copy to the device, pinned", budget -> transfer(stand, budget, true)),
                Case.of("copy to the host, pinned", budget -> transfer(stand, budget, false)),
                Case.of(GEMM, budget -> gemm(stand, budget)),
                Case.of("launch", budget -> launch(stand, budget)),
                Case.of(GAP, budget -> gap(stand, budget, "nothing", GAP)),
                Case.of(DEPENDENT_GAP, budget -> gap(stand, budget, "nothing_dependent", DEPENDENT_GAP)),
                Case.of("driver call through FFM", budget -> call(stand)));
    }

    // ---- memory

    private Row copy(Stand stand, Budget budget) {
        CudaDevice device = stand.cuda();
        try (Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device)) {
            MemorySegment from = randomMemory(device, arena);
            MemorySegment to = device.allocate(arena, size.streamBytes);
            Samples samples = stopwatch.time(budget, 1, () -> device.stream().copy(from, 0, to, 0, size.streamBytes));
            return rate(COPY, samples, 2 * size.streamBytes, "reads and writes counted");
        }
    }

    private Row fill(Stand stand, Budget budget) {
        CudaDevice device = stand.cuda();
        try (Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device)) {
            MemorySegment to = device.allocate(arena, size.streamBytes);
            Samples samples = stopwatch.time(budget, 1, () -> device.stream().fill(to, 0, size.streamBytes, (byte) 3));
            return rate("fill", samples, size.streamBytes, "");
        }
    }

    private Row read(Stand stand, Budget budget) {
        CudaDevice device = stand.cuda();
        if (readIsRight(stand).status() != Status.PASSED) {
            return Row.of(READ, Status.FAILED, "no time without a right result");
        }
        int blocks = 8 * stand.graphics().orElseThrow().attribute(GpuAttribute.MULTIPROCESSORS);
        try (Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device)) {
            Runnable read = reading(device, arena, randomMemory(device, arena), size.streamBytes, blocks)
                    .launch();
            return rate(READ, stopwatch.time(budget, 1, read), size.streamBytes, "loads of 16 bytes, not kept in L1");
        }
    }

    private record Reading(Runnable launch, MemorySegment out) {}

    private static Reading reading(Device device, Arena arena, MemorySegment data, long bytes, int blocks) {
        Entry entry = device.load(Texts.of("read_stream")).entry("read_stream");
        MemorySegment out = device.allocate(arena, 4L * blocks * THREADS);
        ParamBlock parameters = new ParamBlock(arena, entry);
        Grid grid = new Grid(THREADS).blocks(blocks, 1, 1);
        return new Reading(
                () -> device.launch(
                        entry,
                        grid,
                        parameters.clear().pointer(data, 0).pointer(out, 0).u32((int) (bytes / PIECE_BYTES))),
                out);
    }

    /** The kernel that the ceiling is measured with reads every byte once: the exclusive or says so, on any device. */
    private static Row readIsRight(Stand stand) {
        Device device = stand.device();
        int pieces = 37;
        int blocks = 5;
        int words = pieces * PIECE_BYTES / 4;
        try (Arena arena = Arena.ofShared()) {
            int[] numbers = new Random(5).ints(words).toArray();
            int expected = 0;
            for (int number : numbers) {
                expected ^= number;
            }
            MemorySegment data = device.allocate(arena, 4L * words);
            device.copyIn(MemorySegment.ofArray(numbers), data, 0);
            Reading reading = reading(device, arena, data, 4L * words, blocks);
            reading.launch().run();
            int[] sums = new int[blocks * THREADS];
            device.copyOut(reading.out(), 0, MemorySegment.ofArray(sums));
            int actual = 0;
            for (int sum : sums) {
                actual ^= sum;
            }
            String note = "exclusive or " + Integer.toHexString(actual) + ", expected " + Integer.toHexString(expected);
            return Row.check(READ + " is right", actual == expected, note);
        }
    }

    private Row transfer(Stand stand, Budget budget, boolean in) {
        CudaDevice device = stand.cuda();
        long bytes = Math.min(size.streamBytes, 1L << 28);
        try (Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device)) {
            MemorySegment host = device.context().allocatePinned(arena, bytes);
            RandomNumbers.fillWeights(host, DType.F32, 1, 7);
            MemorySegment memory = device.allocate(arena, bytes);
            CudaStream stream = device.stream();
            Samples samples = stopwatch.time(
                    budget, 1, in ? () -> stream.copyIn(host, memory, 0) : () -> stream.copyOut(memory, 0, host));
            return rate(in ? "copy to the device, pinned" : "copy to the host, pinned", samples, bytes, "");
        }
    }

    private MemorySegment randomMemory(CudaDevice device, Arena arena) {
        MemorySegment memory = device.allocate(arena, size.streamBytes);
        long piece = Math.min(size.streamBytes, 1L << 26);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment host = scratch.allocate(piece, 64);
            RandomNumbers.fillWeights(host, DType.BF16, 1, 3);
            for (long begin = 0; begin < size.streamBytes; begin += piece) {
                device.copyIn(host, memory, begin);
            }
        }
        return memory;
    }

    private static Row rate(String name, Samples samples, long bytes, String note) {
        return timed(name, samples, note).with(RATE, bytes / samples.median() / 1e3);
    }

    static Row timed(String name, Samples samples, String note) {
        return new Row(name, Status.MEASURED, Collections.emptyMap(), samples.all(), note)
                .with(MICROS, samples.median())
                .with("us, p25", samples.quantile(0.25))
                .with("us, p75", samples.quantile(0.75));
    }

    // ---- cuBLAS

    private Row gemm(Stand stand, Budget budget) {
        CudaDevice device = stand.cuda();
        int n = size.gemm;
        try (Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device);
                Cublas cublas = Cublas.open(device.context(), 32L << 20)) {
            MemorySegment weight = matrix(device, arena, n, 11);
            MemorySegment x = matrix(device, arena, n, 12);
            MemorySegment out = device.allocate(arena, 4L * n * n);
            GemmPlan plan = cublas.plan(ElementType.BF16, n, n, n);
            plan.multiply(device.stream(), weight, 0, x, 0, out, 0);
            double error = gemmError(device, weight, x, out, n);
            if (!(error <= GEMM_TOLERANCE)) {
                return Row.of(GEMM, Status.FAILED, "no time without a right result: error " + error);
            }
            Samples samples = stopwatch.time(budget, 1, () -> plan.multiply(device.stream(), weight, 0, x, 0, out, 0));
            return timed(GEMM, samples, n + "^3, random numbers, sums and result float32, cuBLASLt " + Cublas.version())
                    .with(TERAFLOPS, 2.0 * n * n * n / samples.median() / 1e6);
        }
    }

    /** The largest error of a few elements, relative to the sum of what is summed. */
    private static double gemmError(
            CudaDevice device, MemorySegment weight, MemorySegment x, MemorySegment out, int n) {
        double worst = 0;
        for (int place : new int[] {0, n / 3, n - 1}) {
            short[] inputs = new short[n];
            short[] weights = new short[n];
            float[] actual = new float[1];
            int column = n - 1 - place;
            device.copyOut(x, 2L * n * place, MemorySegment.ofArray(inputs));
            device.copyOut(weight, 2L * n * column, MemorySegment.ofArray(weights));
            device.copyOut(out, 4L * ((long) n * place + column), MemorySegment.ofArray(actual));
            double sum = 0;
            double size = 0;
            for (int i = 0; i < n; i++) {
                double product =
                        (double) Float.intBitsToFloat(inputs[i] << 16) * Float.intBitsToFloat(weights[i] << 16);
                sum += product;
                size += Math.abs(product);
            }
            double error = Math.abs(sum - actual[0]) / size;
            worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
        }
        return worst;
    }

    private static MemorySegment matrix(CudaDevice device, Arena arena, int n, long seed) {
        MemorySegment memory = device.allocate(arena, 2L * n * n);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment host = scratch.allocate(2L * n * n, 64);
            RandomNumbers.fillWeights(host, DType.BF16, n, seed);
            device.copyIn(host, memory, 0);
        }
        return memory;
    }

    // ---- the driver

    private static Row launch(Stand stand, Budget budget) {
        CudaDevice device = stand.cuda();
        try (Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device)) {
            Runnable nothing = nothing(device, arena, "nothing");
            long[] hostNanos = {Long.MAX_VALUE};
            Samples samples = stopwatch.time(budget, NODES, () -> {
                long start = System.nanoTime();
                for (int i = 0; i < NODES; i++) {
                    nothing.run();
                }
                hostNanos[0] = Math.min(hostNanos[0], System.nanoTime() - start);
            });
            return timed("launch", samples, "of nothing, " + NODES + " in a row into a stream")
                    .with("us of the host", hostNanos[0] / 1e3 / NODES);
        }
    }

    /** A graph twice as long takes longer by its nodes alone. */
    private static Row gap(Stand stand, Budget budget, String kernel, String name) {
        CudaDevice device = stand.cuda();
        if (kernel.equals("nothing_dependent") && stand.graphics().orElseThrow().computeCapability() < 90) {
            throw new MissingCapabilityException("programmatic dependent launch needs compute capability 9.0");
        }
        try (Arena arena = Arena.ofShared();
                Stopwatch stopwatch = new Stopwatch(device)) {
            Runnable nothing = nothing(device, arena, kernel);
            Samples one = stopwatch.timeGraph(budget, Collections.nCopies(NODES, nothing));
            Samples two = stopwatch.timeGraph(budget, Collections.nCopies(2 * NODES, nothing));
            double perNode = (two.median() * 2 * NODES - one.median() * NODES) / NODES;
            return new Row(
                            name,
                            Status.MEASURED,
                            Collections.emptyMap(),
                            two.all(),
                            "graphs of " + NODES + " and twice")
                    .with(MICROS, perNode);
        }
    }

    private static Runnable nothing(CudaDevice device, Arena arena, String kernel) {
        Entry entry = device.load(Texts.of(kernel)).entry(kernel);
        ParamBlock none = new ParamBlock(arena, entry);
        Grid grid = new Grid(32);
        return () -> device.launch(entry, grid, none);
    }

    /** {@code cuStreamQuery} of an idle stream. */
    private static Row call(Stand stand) {
        CudaStream stream = stand.cuda().stream();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Samples samples = new Samples();
        long bytes = 0;
        for (int round = 0; round < 2 * Samples.LEAST; round++) {
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            int idle = 0;
            for (int i = 0; i < CALLS; i++) {
                idle += stream.isIdle() ? 1 : 0;
            }
            double micros = (System.nanoTime() - start) / 1e3 / CALLS;
            if (round >= Samples.LEAST && idle >= 0) {
                samples.add(micros);
                bytes += threads.getCurrentThreadAllocatedBytes() - allocated;
            }
        }
        return timed("driver call through FFM", samples, "cuStreamQuery of an idle stream, by the host's clock")
                .with("bytes a call", (double) bytes / CALLS / Samples.LEAST);
    }
}
