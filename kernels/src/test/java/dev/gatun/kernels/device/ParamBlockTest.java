package dev.gatun.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Arguments packed as PTX lays out parameters, each checked against its declaration. */
class ParamBlockTest {
    private static final String TEXT = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry mixed(.param .u32 count, .param .u64 where, .param .f32 factor, .param .u64 last)
            {
                ret;
            }
            """;

    private final Arena arena = Arena.ofConfined();
    private final Entry entry = new TextDevice().load(TEXT).entry("mixed");
    private final ParamBlock block = new ParamBlock(arena, entry);

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void alignsEachParameterToItsSize() {
        MemorySegment packed = block.clear()
                .u32(7)
                .pointer(MemorySegment.ofAddress(0x1000), 24)
                .f32(1.5f)
                .nullPointer()
                .packed();
        assertEquals(32, packed.byteSize());
        assertEquals(7, packed.get(ValueLayout.JAVA_INT, 0));
        assertEquals(0x1018, packed.get(ValueLayout.JAVA_LONG, 8));
        assertEquals(1.5f, packed.get(ValueLayout.JAVA_FLOAT, 16));
        assertEquals(0, packed.get(ValueLayout.JAVA_LONG, 24));
    }

    @Test
    void refusesAnArgumentOfAnotherType() {
        block.clear();
        assertMessage("parameter 0, count, is U32", () -> block.f32(1));
        assertMessage("a pointer was pushed", () -> block.nullPointer());
        block.u32(1);
        assertMessage("parameter 1, where, is U64", () -> block.u32(2));
    }

    @Test
    void refusesTooFewAndTooManyArguments() {
        block.clear().u32(1);
        assertMessage("1 were pushed; the next is where", block::packed);
        block.nullPointer().f32(0).nullPointer();
        assertMessage("takes 4 parameters", () -> block.u32(1));
    }

    @Test
    void startsOverWhenCleared() {
        block.clear().u32(1).nullPointer().f32(2).nullPointer();
        block.clear().u32(5).nullPointer().f32(2).nullPointer();
        assertEquals(5, block.packed().get(ValueLayout.JAVA_INT, 0));
    }

    private static void assertMessage(String part, Runnable action) {
        IllegalStateException thrown = assertThrows(IllegalStateException.class, action::run);
        assertTrue(String.valueOf(thrown.getMessage()).contains(part), thrown::getMessage);
    }
}
