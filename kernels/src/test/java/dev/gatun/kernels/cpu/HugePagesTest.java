package dev.gatun.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HugePagesTest {
    private static final long[] SIZES = {1, 64, 32_767, 32_768, 100_003, 2 << 20, (31 << 20) + 5, 40 << 20, 7};

    @Test
    void givesZeroedAlignedMemoryThatNobodyElseHas() {
        HugePages pages = new HugePages();
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> all = new ArrayList<>();
            for (long size : SIZES) {
                MemorySegment memory = pages.allocate(arena, size);
                assertEquals(size, memory.byteSize());
                assertEquals(0, memory.address() % 64);
                all.add(memory);
            }
            for (int i = 0; i < all.size(); i++) {
                MemorySegment memory = all.get(i);
                for (long at = 0; at < memory.byteSize(); at += 4_093) {
                    assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, at));
                    memory.set(ValueLayout.JAVA_BYTE, at, (byte) (i + 1));
                }
                memory.set(ValueLayout.JAVA_BYTE, memory.byteSize() - 1, (byte) (i + 1));
            }
            for (int i = 0; i < all.size(); i++) {
                assertEquals(i + 1, all.get(i).get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(
                        i + 1, all.get(i).get(ValueLayout.JAVA_BYTE, all.get(i).byteSize() - 1));
            }
        }
    }

    @Test
    void theMemoryDiesWithItsArenaAndOnlyWithThat() {
        HugePages pages = new HugePages();
        MemorySegment gone;
        try (Arena longer = Arena.ofConfined()) {
            MemorySegment stays = pages.allocate(longer, 1 << 20);
            try (Arena arena = Arena.ofConfined()) {
                gone = pages.allocate(arena, 1 << 20);
            }
            assertFalse(gone.scope().isAlive());
            assertThrows(IllegalStateException.class, () -> gone.get(ValueLayout.JAVA_BYTE, 0));
            stays.fill((byte) 1);
            try (Arena arena = Arena.ofConfined()) {
                pages.allocate(arena, 1 << 20).fill((byte) 2);
            }
            assertEquals(1, stays.get(ValueLayout.JAVA_BYTE, stays.byteSize() - 1));
        }
    }
}
