package dev.gatun.kernels.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.PtxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every device does, whether or not its launches compute. */
abstract class DeviceRules {
    static final String TEXT = """
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
    static final int COUNT = 4;

    final Arena arena = Arena.ofShared();
    final Grid grid = new Grid(COUNT);
    Device device;
    Entry increase;
    ParamBlock parameters;

    abstract Device open();

    @BeforeEach
    void openDevice() {
        device = open();
        increase = device.load(TEXT).entry("increase");
        parameters = new ParamBlock(arena, increase);
    }

    @AfterEach
    void close() {
        device.close();
        device.close();
        arena.close();
    }

    @Test
    void givesZeroedMemoryThatTheHostCannotRead() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        assertEquals(0, memory.byteSize());
        assertEquals(0, memory.address() % 256);
        assertThrows(IndexOutOfBoundsException.class, () -> memory.get(ValueLayout.JAVA_INT, 0));
        assertArrayEquals(new int[COUNT], numbers(memory));
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
    void refusesMemoryThatWasFreed() {
        MemorySegment freed;
        try (Arena shortLived = Arena.ofConfined()) {
            freed = device.allocate(shortLived, 4L * COUNT);
        }
        assertThrows(IllegalStateException.class, () -> parameters.clear().pointer(freed, 0));
    }

    /** One byte, a cache line and one more, and more than any buffer in between holds. */
    @Test
    void copiesAnySizeToAnyPlaceFromAnyMemory() {
        for (int byteSize : new int[] {1, 7, 64, 65, 100_003, 9_000_001}) {
            try (Arena shortLived = Arena.ofConfined()) {
                MemorySegment memory = device.allocate(shortLived, byteSize + 13L);
                byte[] heap = bytes(byteSize, 1);
                device.copyIn(MemorySegment.ofArray(heap), memory, 13);
                byte[] back = new byte[byteSize];
                device.copyOut(memory, 13, MemorySegment.ofArray(back));
                assertArrayEquals(heap, back);
                MemorySegment host = shortLived.allocate(byteSize);
                byte[] other = bytes(byteSize, 2);
                host.copyFrom(MemorySegment.ofArray(other));
                device.copyIn(host, memory, 0);
                host.fill((byte) 0);
                device.copyOut(memory, 0, host);
                assertArrayEquals(other, host.toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    /** The source of a copy is the caller's again as soon as the call returns. */
    @Test
    void copiesWhatTheSourceHeldThen() {
        int copies = 3000;
        MemorySegment memory = device.allocate(arena, 5000L * copies);
        byte[] source = new byte[5000];
        for (int i = 0; i < copies; i++) {
            Arrays.fill(source, (byte) i);
            device.copyIn(MemorySegment.ofArray(source), memory, 5000L * i);
        }
        byte[] back = new byte[5000 * copies];
        device.copyOut(memory, 0, MemorySegment.ofArray(back));
        for (int i = 0; i < back.length; i++) {
            if (back[i] != (byte) (i / 5000)) {
                assertEquals((byte) (i / 5000), back[i], "byte " + i);
            }
        }
    }

    @Test
    void countsTheLaunchesOfARecording() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        Recording recording = device.record(() -> {
            launch(memory, 1);
            launch(memory, 10);
        });
        assertEquals(2, recording.launches());
        assertArrayEquals(new int[COUNT], numbers(memory), "recording runs nothing");
        device.replay(recording);
        device.synchronize();
        assertEquals(0, device.record(() -> {}).launches());
    }

    @Test
    void refusesAllButLaunchesWhileItRecords() {
        MemorySegment memory = device.allocate(arena, 4L * COUNT);
        assertNotWhileRecording(() -> numbers(memory));
        assertNotWhileRecording(() -> device.copyIn(MemorySegment.ofArray(new int[1]), memory, 0));
        assertNotWhileRecording(() -> device.allocate(arena, 4));
        assertNotWhileRecording(() -> device.load(TEXT));
        assertNotWhileRecording(device::synchronize);
        assertNotWhileRecording(() -> device.record(() -> {}));
        assertArrayEquals(new int[COUNT], numbers(memory), "and is usable afterwards");
        assertEquals(1, device.record(() -> launch(memory, 1)).launches());
    }

    private void assertNotWhileRecording(Runnable action) {
        assertThrows(IllegalStateException.class, () -> device.record(action));
    }

    @Test
    void refusesEntriesParametersAndRecordingsOfAnother() {
        try (Device other = VmDevice.open(1)) {
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
    void saysWhatItIs() {
        assertTrue(device.description().startsWith(device.name() + " ("), device::description);
    }

    void launch(MemorySegment memory, int by) {
        parameters.clear().pointer(memory, 0).u32(by);
        device.launch(increase, grid.blocks(1, 1, 1), parameters);
    }

    int[] numbers(MemorySegment memory) {
        int[] numbers = new int[COUNT];
        device.copyOut(memory, 0, MemorySegment.ofArray(numbers));
        return numbers;
    }

    private static byte[] bytes(int byteSize, int seed) {
        byte[] bytes = new byte[byteSize];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
