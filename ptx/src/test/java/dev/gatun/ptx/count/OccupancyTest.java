package dev.gatun.ptx.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OccupancyTest {
    static Chip chip(String name) {
        return Chip.ALL.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Expected values worked out by hand from the limits in the CUDA programming guide. */
    @ParameterizedTest
    @CsvSource({
        "H100, 256, 64, 0, 4, registers", // 2,048 registers a warp: 8 warps of each scheduler
        "A100, 128, 40, 0, 12, registers",
        "A100, 128, 41, 0, 10, registers", // 1,312 registers are rounded up to 1,536
        "A100, 128, 32, 0, 16, warps",
        "A100, 32, 16, 0, 32, blocks",
        "RTX 4090, 32, 16, 0, 24, blocks",
        "RTX 4090, 128, 32, 0, 12, warps",
        "RTX 4090, 1024, 32, 0, 1, warps",
        "RTX 4090, 128, 32, 49152, 2, shared memory",
        "H200, 128, 32, 232448, 1, shared memory",
        "H200, 128, 32, 232449, 0, shared memory",
        "H100, 256, 255, 0, 1, registers",
        "H100, 1024, 255, 0, 0, registers",
        "B200, 33, 32, 0, 32, warps", // two warps a block
        "RTX 5090, 256, 0, 0, 6, warps"
    })
    void followsTheLimits(String name, int threads, int registers, long shared, int blocks, String limit) {
        Occupancy occupancy = Occupancy.of(chip(name), threads, registers, shared);
        assertEquals(blocks, occupancy.blocks());
        assertEquals(blocks * ((threads + 31) / 32), occupancy.warps());
        assertEquals(limit, occupancy.limit());
        assertTrue(occupancy.share() >= 0 && occupancy.share() <= 1);
    }

    @Test
    void refusesImpossibleKernels() {
        Chip h100 = chip("H100");
        assertThrows(IllegalArgumentException.class, () -> Occupancy.of(h100, 0, 32, 0));
        assertThrows(IllegalArgumentException.class, () -> Occupancy.of(h100, 1025, 32, 0));
        assertThrows(IllegalArgumentException.class, () -> Occupancy.of(h100, 32, 256, 0));
        assertThrows(IllegalArgumentException.class, () -> Occupancy.of(h100, 32, 32, -1));
    }
}
