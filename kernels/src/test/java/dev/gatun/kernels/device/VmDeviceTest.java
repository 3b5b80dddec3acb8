package dev.gatun.kernels.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Memory, code, launches and recordings of the PTX machine behind the device seam. */
class VmDeviceTest extends DeviceRules {

    @Override
    Device open() {
        return VmDevice.open(1);
    }

    @Test
    void runsLaunchesInOrder() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        device.copyIn(MemorySegment.ofArray(new int[] {1, 2, 3, 4}), memory, 0);
        launch(memory, 10);
        launch(memory, 100);
        device.synchronize();
        assertArrayEquals(new int[] {111, 112, 113, 114}, numbers(memory));
    }

    @Test
    void replaysWhatWasRecordedAndNotWhatTheLauncherHoldsNow() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        Recording recording = device.record(() -> {
            launch(memory, 1);
            launch(memory, 10);
        });
        parameters.clear().pointer(memory, 0).u32(5000);
        device.replay(recording);
        device.replay(recording);
        assertArrayEquals(new int[] {22, 22, 22, 22}, numbers(memory));
    }

    @Test
    void refusesImpossibleGrids() {
        assertThrows(IllegalArgumentException.class, () -> new Grid(0));
        assertThrows(IllegalArgumentException.class, () -> new Grid(1025));
        assertThrows(IllegalArgumentException.class, () -> grid.blocks(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> grid.blocks(1, 65_536, 1));
        assertThrows(IllegalArgumentException.class, () -> grid.blocks(1, 1, 1).shared(-1));
    }
}
