package dev.gatun.kernels.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.ptx.PtxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory, code, launches and recordings of the PTX machine behind the device seam. */
class VmDeviceTest {
    private static final String TEXT = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry increase(.param .u64 numbers, .param .u32 by)
            {
                .reg .b32 %thread, %by, %number;
                .reg .b64 %at;
                ld.param.u64 %at, [numbers];
                ld.param.u32 %by, [by];
                mov.u32 %thread, %tid.x;
                mad.wide.u32 %at, %thread, 4, %at;
                ld.global.u32 %number, [%at];
                add.u32 %number, %number, %by;
                st.global.u32 [%at], %number;
                ret;
            }
            """;
    private static final int COUNT = 4;

    private final Arena arena = Arena.ofShared();
    private final VmDevice device = VmDevice.open(1);
    private final Entry increase = device.load(TEXT).entry("increase");
    private final ParamBlock parameters = new ParamBlock(arena, increase);
    private final Grid grid = new Grid(COUNT);

    @AfterEach
    void close() {
        device.close();
        arena.close();
    }

    @Test
    void givesZeroedMemoryThatTheHostCannotRead() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        assertEquals(0, memory.byteSize());
        assertThrows(IndexOutOfBoundsException.class, () -> memory.get(ValueLayout.JAVA_INT, 0));
        assertArrayEquals(new int[COUNT], numbers(memory));
    }

    @Test
    void copiesWithinItsMemory() {
        MemorySegment source = device.allocate(arena, 4L * COUNT);
        device.copyIn(MemorySegment.ofArray(new int[] {5, 6, 7, 8}), source, 0);
        MemorySegment target = device.allocate(arena, 4L * COUNT);
        device.copy(source, 4, target, 8, 8);
        assertArrayEquals(new int[] {0, 0, 6, 7}, numbers(target));
    }

    @Test
    void aDeviceThatCannotCopyByItselfGoesThroughTheHost() {
        try (TextDevice other = new TextDevice()) {
            MemorySegment memory = other.allocate(arena, 64);
            other.copy(memory, 4, memory, 40, 24);
            assertEquals(List.of("24 at 40"), other.copies());
        }
    }

    @Test
    void freesMemoryWithItsArena() {
        long before = device.memory().usedBytes();
        try (Arena shortLived = Arena.ofConfined()) {
            device.allocate(shortLived, 1000);
            assertEquals(before + 1000, device.memory().usedBytes());
        }
        assertEquals(before, device.memory().usedBytes());
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
        assertEquals(2, recording.launches());
        assertArrayEquals(new int[COUNT], numbers(memory), "recording runs nothing");
        parameters.clear().pointer(memory, 0).u32(5000);
        device.replay(recording);
        device.replay(recording);
        assertArrayEquals(new int[] {22, 22, 22, 22}, numbers(memory));
    }

    @Test
    void refusesCopiesWhileItRecords() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        assertThrows(IllegalStateException.class, () -> device.record(() -> numbers(memory)));
        assertArrayEquals(new int[COUNT], numbers(memory), "and is usable afterwards");
    }

    @Test
    void refusesEntriesParametersAndRecordingsOfAnother() {
        try (VmDevice other = VmDevice.open(1)) {
            Entry foreign = other.load(TEXT).entry("increase");
            assertThrows(IllegalArgumentException.class, () -> device.launch(foreign, grid, parameters));
            Entry twin = device.load(TEXT).entry("increase");
            assertThrows(IllegalArgumentException.class, () -> device.launch(twin, grid, parameters));
            Recording recording = other.record(() -> {});
            assertThrows(IllegalArgumentException.class, () -> device.replay(recording));
        }
    }

    @Test
    void namesTheEntriesThereAre() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> device.load(TEXT).entry("decrease"));
        assertEquals("no entry 'decrease' in the code; it has [increase]", thrown.getMessage());
        assertThrows(PtxException.class, () -> device.load("no PTX"));
    }

    @Test
    void refusesImpossibleGrids() {
        assertThrows(IllegalArgumentException.class, () -> new Grid(0));
        assertThrows(IllegalArgumentException.class, () -> new Grid(1025));
        assertThrows(IllegalArgumentException.class, () -> grid.blocks(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> grid.blocks(1, 65_536, 1));
        assertThrows(IllegalArgumentException.class, () -> grid.blocks(1, 1, 1).shared(-1));
    }

    private void launch(MemorySegment memory, int by) {
        parameters.clear().pointer(memory, 0).u32(by);
        device.launch(increase, grid.blocks(1, 1, 1), parameters);
    }

    private int[] numbers(MemorySegment memory) {
        int[] numbers = new int[COUNT];
        device.copyOut(memory, 0, MemorySegment.ofArray(numbers));
        return numbers;
    }
}
