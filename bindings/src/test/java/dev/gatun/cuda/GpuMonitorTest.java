package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.ffi.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clocks, power and memory through a management library that makes them up. */
class GpuMonitorTest {
    private static Path library;

    private final StubDriver driver = StubDriver.open();

    @BeforeAll
    static void openLibrary() {
        library = StubLibrary.build("libnvml");
        System.setProperty(NativeLibrary.NVML.property(), library.toString());
        assertEquals(Optional.of(library.toString()), NativeLibrary.NVML.opened());
        System.clearProperty(NativeLibrary.NVML.property());
    }

    private static int started() throws Throwable {
        return (int) Linker.nativeLinker()
                .downcallHandle(
                        SymbolLookup.libraryLookup(library, Arena.global())
                                .find("stub_started")
                                .orElseThrow(),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT))
                .invokeWithArguments();
    }

    @Test
    void readsWhatTheGpuSays() throws Throwable {
        try (GpuMonitor monitor = GpuMonitor.open(driver.gpu())) {
            assertEquals(
                    new GpuReading(
                            OptionalInt.of(1980),
                            OptionalInt.of(2619),
                            OptionalInt.empty(),
                            OptionalInt.of(41),
                            1000,
                            78_000,
                            80_000,
                            4),
                    monitor.read());
            assertEquals("580.82.07", monitor.driverVersion());
            assertEquals(1, started());
        }
        assertEquals(0, started());
    }

    @Test
    void saysWhichGpuTheLibraryDoesNotKnow() throws Throwable {
        driver.devices(2);
        List<CudaGpu> gpus = CudaGpu.all();
        assertEquals(
                "nvmlDeviceGetHandleByPciBusId(busId=0000:66:00.0) failed: NVML error (6), Not Found.",
                assertThrows(CudaException.class, () -> GpuMonitor.open(gpus.get(1)))
                        .getMessage());
        assertEquals(0, started());
    }

    @Test
    void namesWhyClocksAreLow() {
        OptionalInt none = OptionalInt.empty();
        GpuReading reading = new GpuReading(none, none, none, none, 0, 0, 0, 0x4 | 0x40 | 0x400);
        assertEquals(List.of("power cap", "temperature (hardware)", "bit 0x400"), reading.slowdownReasons());
        assertEquals(List.of(), new GpuReading(none, none, none, none, 0, 0, 0, 0).slowdownReasons());
    }
}
