package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchLimitsTest {
    private static PtxEntry entry(String directive) {
        return PtxModule.parse(".version 7.4\n.target sm_80\n.address_size 64\n.visible .entry k() " + directive
                        + " { ret; }\n")
                .entry("k");
    }

    private static void launch(PtxEntry entry, Dim3 grid, Dim3 block, int sharedBytes) {
        try (PtxMachine machine = new PtxMachine()) {
            machine.launch(entry, grid, block, sharedBytes, MemorySegment.ofArray(new byte[0]));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1, 1, 1025, 1, 1, 0",
        "'', 1, 1, 1, 1, 65, 0",
        "'', 1, 65536, 32, 1, 1, 0",
        "'', 1, 1, 32, 1, 1, 232449",
        "'', 1, 1, 32, 1, 1, -1",
        "'.maxntid 64, 1, 1', 1, 1, 65, 1, 1, 0",
        "'.reqntid 64', 1, 1, 63, 1, 1, 0",
        "'.reqntid 8, 8', 1, 1, 64, 1, 1, 0"
    })
    void refusesWhatHardwareRefuses(String directive, int x, int y, int bx, int by, int bz, int shared) {
        PtxEntry entry = entry(directive);
        PtxFault fault =
                assertThrows(PtxFault.class, () -> launch(entry, new Dim3(x, y, 1), new Dim3(bx, by, bz), shared));
        assertEquals(PtxFault.Kind.LAUNCH, fault.kind());
    }

    @Test
    void takesTheLargestBlocksAndTheRequiredOne() {
        launch(entry(""), Dim3.of(2, 3), new Dim3(16, 1, 64), 232448);
        launch(entry(".maxntid 64, 1, 1"), Dim3.of(1), Dim3.of(8, 8), 0);
        launch(entry(".reqntid 8, 8"), Dim3.of(1), Dim3.of(8, 8), 0);
    }

    @Test
    void aHugeBlockDirectiveDoesNotOverflow() {
        PtxEntry entry = entry(".maxntid 2147483647, 2147483647, 2");
        assertEquals(1024, entry.maxThreads());
        assertTrue(entry.hasBlockSize());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sideways", "forward(7)", "random(", "random(x)", "random(99999999999999999999)"})
    void refusesAnUnknownOrder(String order) {
        assertThrows(IllegalArgumentException.class, () -> LaunchOptions.DEFAULT.withOrder(order));
    }

    @Test
    void readsASeed() {
        LaunchOptions options = LaunchOptions.DEFAULT.withOrder("random(-7)");
        assertEquals(Order.RANDOM, options.order());
        assertEquals(-7, options.seed());
    }
}
