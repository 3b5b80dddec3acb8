package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.exec.LaunchOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kernel under the machine's checkers: races, uninitialised values, warp synchronisation, barriers, stale loads. */
class GpuCheckerTest {

    @ParameterizedTest
    @CsvSource({"F32, false, 0", "INT8, false, 0", "F32, true, 0", "F32, true, 90"})
    void findNothing(Activations activations, boolean tensorCores, int architecture) {
        Checker checker = Checker.all();
        VmDevice device = VmDevice.open(LaunchOptions.DEFAULT.withWatcher(checker), architecture);
        try (EveryOperation operations = new EveryOperation(new GpuBackend(device, activations, tensorCores))) {
            operations.run();
        }
        checker.assertClean();
    }
}
