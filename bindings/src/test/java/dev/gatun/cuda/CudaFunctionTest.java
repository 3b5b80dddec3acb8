package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Modules, functions and launches, on the stub. */
class CudaFunctionTest {
    static final String TEXT = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry scale(.param .u64 numbers, .param .u32 count, .param .f32 by)
            {
                .shared .align 16 .b8 tile[4096];
                ret;
            }
            """;

    private StubDriver driver;
    private CudaContext context;
    private final Arena arena = Arena.ofShared();

    @BeforeEach
    void open() {
        driver = StubDriver.open();
        context = CudaContext.open(driver.gpu());
    }

    @AfterEach
    void close() {
        context.close();
        arena.close();
        assertEquals(List.of(), driver.problems());
        assertEquals(List.of(), driver.live());
    }

    @Test
    void passesTheParametersAsOneBuffer() {
        CudaFunction scale = CudaModule.load(arena, context, TEXT).function("scale");
        CudaStream stream = CudaStream.open(arena, context);
        MemorySegment memory = context.allocate(arena, 64);
        driver.clearLog();
        scale.launch(stream, 3, 2, 1, 128, 1024, parameters(memory));
        scale.launchProgrammatic(stream, 7, 1, 1, 32, 0, parameters(memory));
        assertEquals(2, driver.log().size());
        assertTrue(
                driver.log()
                        .getFirst()
                        .matches("cuLaunchKernel\\(scale grid=3x2x1 threads=128 sharedByteSize=1024"
                                + " stream#\\d+\\) = 0"),
                driver.log()::getFirst);
        assertTrue(
                driver.log()
                        .getLast()
                        .matches("cuLaunchKernelEx\\(scale grid=7x1x1 threads=32 sharedByteSize=0"
                                + " stream#\\d+ programmatic\\) = 0"),
                driver.log()::getLast);
    }

    @Test
    void namesTheValuesOfALaunchThatFails() {
        CudaFunction scale = CudaModule.load(arena, context, TEXT).function("scale");
        CudaStream stream = CudaStream.open(arena, context);
        MemorySegment parameters = parameters(context.allocate(arena, 64));
        driver.fail(1, 1);
        assertEquals(
                "cuLaunchKernel(function=scale, grid=3x2x1, threads=128, sharedByteSize=0, parameterBytes=16) failed:"
                        + " CUDA_ERROR_INVALID_VALUE (1), invalid argument.",
                assertThrows(CudaException.class, () -> scale.launch(stream, 3, 2, 1, 128, 0, parameters))
                        .getMessage());
        driver.fail(1, 1);
        assertEquals(
                "cuLaunchKernelEx",
                assertThrows(CudaException.class, () -> scale.launchProgrammatic(stream, 3, 2, 1, 128, 0, parameters))
                        .function());
    }

    @Test
    void passesTheCompilersComplaintOn() {
        CudaException failure =
                assertThrows(CudaException.class, () -> CudaModule.load(arena, context, "mov.u32 %r1, 7;"));
        assertEquals(
                "cuModuleLoadDataEx(ptxLength=15) failed: CUDA_ERROR_INVALID_PTX (218), a PTX JIT compilation failed:"
                        + " ptxas application ptx input, line 1; fatal   : Missing .version directive.",
                failure.getMessage());
    }

    @Test
    void asksForRegistersAndLinesOnlyWhenToldTo() {
        CudaModule.load(arena, context, TEXT);
        CudaModule.load(arena, context, TEXT, new ModuleOptions(64, true));
        List<String> loads = driver.log().stream()
                .filter(line -> line.startsWith("cuModuleLoadDataEx"))
                .toList();
        assertEquals(List.of("cuModuleLoadDataEx(options=4) = 0", "cuModuleLoadDataEx(options=6) = 0"), loads);
        assertThrows(IllegalArgumentException.class, () -> new ModuleOptions(256, false));
    }

    @Test
    void saysWhichFunctionThereIsNot() {
        CudaModule module = CudaModule.load(arena, context, TEXT);
        assertEquals(
                "cuModuleGetFunction(name=scal) failed: CUDA_ERROR_NOT_FOUND (500), named symbol not found.",
                assertThrows(CudaException.class, () -> module.function("scal")).getMessage());
    }

    @Test
    void describesAFunction() {
        CudaFunction scale = CudaModule.load(arena, context, TEXT).function("scale");
        assertEquals(40, scale.registers());
        assertEquals(0, scale.localByteSize());
        assertEquals(4096, scale.staticSharedByteSize());
        assertEquals(1024, scale.maxThreads());
        assertEquals(8, scale.blocksPerMultiprocessor(256, 0));
        assertEquals(2, scale.blocksPerMultiprocessor(256, 100_000));
    }

    @Test
    void needsPermissionForMuchSharedMemory() {
        CudaFunction scale = CudaModule.load(arena, context, TEXT).function("scale");
        scale.allowDynamicShared(200_000);
        scale.launch(CudaStream.open(arena, context), 1, 1, 1, 32, 200_000, parameters(context.allocate(arena, 64)));
        CudaException failure = assertThrows(CudaException.class, () -> scale.allowDynamicShared(230_000));
        assertEquals(
                "cuFuncSetAttribute(function=scale, maxDynamicSharedByteSize=230000) failed: CUDA_ERROR_INVALID_VALUE"
                        + " (1), invalid argument; a block of GPU 0, Stub GPU 0 has 232448.",
                failure.getMessage());
    }

    @Test
    void isGoneWithItsModule() {
        Arena shortLived = Arena.ofShared();
        CudaFunction scale = CudaModule.load(shortLived, context, TEXT).function("scale");
        CudaStream stream = CudaStream.open(arena, context);
        MemorySegment parameters = parameters(context.allocate(arena, 64));
        shortLived.close();
        driver.clearLog();
        assertThrows(IllegalStateException.class, () -> scale.launch(stream, 1, 1, 1, 32, 0, parameters));
        assertThrows(IllegalStateException.class, scale::registers);
        assertEquals(List.of(), driver.functions(), "the driver never sees it");
    }

    private MemorySegment parameters(MemorySegment memory) {
        MemorySegment block = arena.allocate(16, 16);
        block.set(ValueLayout.JAVA_LONG, 0, memory.address());
        block.set(ValueLayout.JAVA_INT, 8, 16);
        block.set(ValueLayout.JAVA_FLOAT, 12, 2);
        return block;
    }
}
