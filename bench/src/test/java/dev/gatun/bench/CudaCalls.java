package dev.gatun.bench;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaFunction;
import dev.gatun.cuda.CudaModule;
import dev.gatun.cuda.CudaStream;
import dev.gatun.cuda.StubDriver;
import dev.gatun.kernels.device.CudaDevice;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import dev.gatun.kernels.device.Recording;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the way to the driver costs, on one that does nothing: a call against the same call from C, a launch with its
 * parameters, and what a decode step asks for.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"})
public class CudaCalls {
    private static final int LOOP = 10_000;
    private static final int STEP_BLOCK_BYTES = 4096;
    private static final int LOGITS = 32_000;
    private static final String TEXT = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry kernel(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 d, .param .u32 e, .param .f32 f)
            {
                ret;
            }
            """;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment stepBlock = arena.allocate(STEP_BLOCK_BYTES);
    private final MemorySegment host = arena.allocate(4L * LOGITS);
    private final MemorySegment packed = arena.allocate(36, 16);
    private final Grid grid = new Grid(128);
    private final StubDriver driver;
    private final CudaContext context;
    private final CudaStream stream;
    private final CudaFunction function;
    private final CudaDevice device;
    private final Entry entry;
    private final ParamBlock parameters;
    private final MemorySegment memory;
    private final Recording recording;

    /** Opens the stub and what the calls need. */
    public CudaCalls() {
        driver = StubDriver.open();
        driver.logging(false);
        context = CudaContext.open(driver.gpu());
        stream = CudaStream.open(arena, context);
        function = CudaModule.load(arena, context, TEXT).function("kernel");
        device = CudaDevice.open(driver.gpu());
        memory = device.allocate(arena, 4L * LOGITS);
        packed.set(ValueLayout.JAVA_LONG, 0, memory.address());
        entry = device.load(TEXT).entry("kernel");
        parameters = new ParamBlock(arena, entry);
        CudaDevice recorder = device;
        Entry recorded = entry;
        ParamBlock block = parameters;
        MemorySegment numbers = memory;
        recording = device.record(() -> launch(recorder, recorded, block, numbers, new Grid(128)));
        device.synchronize();
    }

    StubDriver driver() {
        return driver;
    }

    /** Closes it again. */
    @TearDown
    public void close() {
        device.close();
        context.close();
        arena.close();
    }

    /** One call that does nothing. */
    @Benchmark
    public boolean downcall() {
        return stream.isIdle();
    }

    /** The same call, made by a loop in C. */
    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void downcallFromC() {
        driver.query(stream, LOOP);
    }

    /** A launch with parameters that are packed already. */
    @Benchmark
    public void launch() {
        function.launch(stream, 132, 1, 1, 128, 0, packed);
    }

    /** A launch through the device seam: six parameters packed, each checked, and launched. */
    @Benchmark
    public void packAndLaunch() {
        launch(device, entry, parameters, memory, grid);
    }

    private static void launch(CudaDevice device, Entry entry, ParamBlock parameters, MemorySegment memory, Grid grid) {
        parameters
                .clear()
                .pointer(memory, 0)
                .pointer(memory, 64)
                .pointer(memory, 128)
                .u32(1)
                .u32(2)
                .f32(3);
        device.launch(entry, grid.blocks(132, 1, 1), parameters);
    }

    /** A step block copied in and waited for. */
    @Benchmark
    public void upload() {
        device.copyIn(stepBlock, memory, 0);
        device.synchronize();
    }

    /** What a decode step asks for: upload, replay, download, wait. */
    @Benchmark
    public void step() {
        device.copyIn(stepBlock, memory, 0);
        device.replay(recording);
        device.copyOut(memory, 0, host);
    }

    /** Runs all, with the bytes of heap each operation leaves. */
    public static void main(String[] arguments) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(CudaCalls.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
    }
}
