package dev.gatun.cublas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaStream;
import dev.gatun.cuda.StubDriver;
import dev.gatun.cuda.StubLibrary;
import dev.gatun.ffi.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Products through a cuBLASLt that multiplies nothing: what it is asked for, and what is left. */
class CublasTest {
    private static SymbolLookup symbols;

    private final StubDriver driver = StubDriver.open();

    @BeforeAll
    static void openLibrary() {
        Path library = StubLibrary.build("libcublasLt");
        System.setProperty(NativeLibrary.CUBLAS_LT.property(), library.toString());
        assertEquals(Optional.of(library.toString()), NativeLibrary.CUBLAS_LT.opened());
        System.clearProperty(NativeLibrary.CUBLAS_LT.property());
        symbols = SymbolLookup.libraryLookup(library, Arena.global());
    }

    @BeforeEach
    void reset() throws Throwable {
        failAt(0);
    }

    private static void failAt(long k) throws Throwable {
        Linker.nativeLinker()
                .downcallHandle(
                        symbols.find("stub_reset").orElseThrow(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG))
                .invokeWithArguments(k);
    }

    private static List<String> log() throws Throwable {
        MemorySegment text = (MemorySegment) Linker.nativeLinker()
                .downcallHandle(symbols.find("stub_log").orElseThrow(), FunctionDescriptor.of(ValueLayout.ADDRESS))
                .invokeWithArguments();
        return text.reinterpret(Long.MAX_VALUE).getString(0).lines().toList();
    }

    private static long live() throws Throwable {
        return (long) Linker.nativeLinker()
                .downcallHandle(symbols.find("stub_live").orElseThrow(), FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                .invokeWithArguments();
    }

    @Test
    void multipliesRowsByATransposedWeight() throws Throwable {
        try (CudaContext context = CudaContext.open(driver.gpu());
                Arena arena = Arena.ofShared();
                Cublas cublas = Cublas.open(context, 32 << 20)) {
            MemorySegment memory = context.allocate(arena, 1 << 20);
            CudaStream stream = CudaStream.open(arena, context);
            GemmPlan plan = cublas.plan(ElementType.BF16, 96, 64, 7);
            plan.multiply(stream, memory, 0, memory, 1024, memory, 2048);
            assertEquals(
                    "cublasLtMatmul m=96 n=7 k=64 types=14->0 alpha=1 beta=0 algorithm=4711 workspace=33554432",
                    log().getLast());
            assertEquals("13.1.0", Cublas.version());
            assertEquals(Optional.empty(), Cublas.absence());
        }
        assertEquals(0, live());
        assertEquals(List.of(), driver.problems());
        assertEquals(List.of(), driver.live());
    }

    @Test
    void asksForAKernelOnceAShape() throws Throwable {
        try (CudaContext context = CudaContext.open(driver.gpu());
                Cublas cublas = Cublas.open(context, 0)) {
            GemmPlan plan = cublas.plan(ElementType.F16, 96, 64, 7);
            assertSame(plan, cublas.plan(ElementType.F16, 96, 64, 7));
            cublas.plan(ElementType.F16, 96, 64, 8);
            assertEquals(
                    2,
                    log().stream()
                            .filter("cublasLtMatmulAlgoGetHeuristic"::equals)
                            .count());
        }
        assertEquals(0, live());
    }

    @Test
    void saysWhichProductTheLibraryHasNoKernelFor() throws Throwable {
        try (CudaContext context = CudaContext.open(driver.gpu());
                Cublas cublas = Cublas.open(context, 0)) {
            CudaException failure = assertThrows(CudaException.class, () -> cublas.plan(ElementType.F16, 96, 63, 7));
            assertEquals(
                    "cublasLtMatmulAlgoGetHeuristic(type=F16, outputs=96, inputs=63, rows=7) failed:"
                            + " CUBLAS_STATUS_NOT_SUPPORTED (15), the functionality is not supported.",
                    failure.getMessage());
            assertThrows(IllegalArgumentException.class, () -> cublas.plan(ElementType.F16, 96, 64, 0));
        }
        assertEquals(0, live());
    }

    @Test
    void leavesNothingWhicheverCallFails() throws Throwable {
        try (CudaContext context = CudaContext.open(driver.gpu())) {
            for (int k = 1; k <= 8; k++) {
                int failing = k;
                failAt(k);
                assertThrows(
                        CudaException.class,
                        () -> {
                            try (Cublas cublas = Cublas.open(context, 0)) {
                                cublas.plan(ElementType.F16, 96, 64, 7);
                            }
                        },
                        () -> "call " + failing);
                assertEquals(0, live(), () -> "call " + failing);
            }
            driver.memory(1000);
            assertThrows(CudaException.class, () -> Cublas.open(context, 2000));
            assertEquals(0, live());
        }
    }
}
