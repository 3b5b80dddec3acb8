package dev.gatun.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cuda.StubDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmark asks the driver for what it says it measures. */
class CudaCallsTest {

    @Test
    void makesTheCallsThatItMeasures() {
        CudaCalls calls = new CudaCalls();
        StubDriver driver = calls.driver();
        driver.logging(true);
        try {
            assertTrue(calls.downcall());
            calls.launch();
            calls.packAndLaunch();
            calls.step();
            assertEquals(
                    List.of(
                            "cuStreamQuery",
                            "cuLaunchKernel",
                            "cuLaunchKernel",
                            "cuMemcpyHtoDAsync_v2",
                            "cuGraphLaunch",
                            "cuMemcpyDtoHAsync_v2",
                            "cuStreamSynchronize"),
                    driver.functions().stream()
                            .filter(function -> !function.equals("cuCtxSetCurrent"))
                            .toList());
            long before = driver.calls();
            calls.downcallFromC();
            assertEquals(10_000, driver.calls() - before);
        } finally {
            driver.logging(false);
            calls.close();
        }
        assertEquals(List.of(), driver.problems());
    }
}
