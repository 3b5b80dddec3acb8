package dev.gatun.ptx.count;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ptx.verify.PtxModule;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StaticCountsTest {
    private static final String TEXT = """
            .version 7.4
            .target sm_80
            .address_size 64
            .shared .align 4 .b8 odd[5];
            .shared .align 16 .b8 tile[64];
            .shared .b8 elsewhere[4096];
            .func twice(.reg .f32 %x) { .reg .f32 %y; add.f32 %y, %x, %x; ret; }
            .visible .entry k(.param .u64 out, .param .u32 n) {
                .reg .pred %p; .reg .b16 %h<3>; .reg .b32 %r<4>; .reg .v2 .f32 %pair; .reg .b64 %out; .reg .f32 %f;
                .local .align 8 .b8 stack[24];
                ld.param.u64 %out, [out];
                { .reg .b32 %inner; mov.u32 %inner, odd; mov.u32 %r0, tile; st.shared.u32 [%inner], %r0; }
                st.local.u32 [stack], %r0;
                call twice, (%f);
                call twice, (%f);
                st.global.u32 [%out], %r0;
                ret;
            }
            .visible .entry nothing() {}
            """;

    @Test
    void countsTheTextOfAnEntryAndOfWhatItCalls() {
        StaticCounts counts = StaticCounts.of(PtxModule.parse(TEXT).entry("k"));
        assertEquals(
                Map.of(
                        InstructionClass.FLOAT32, 1,
                        InstructionClass.MOVE, 2,
                        InstructionClass.CONTROL, 4,
                        InstructionClass.SHARED_MEMORY, 1,
                        InstructionClass.GLOBAL_MEMORY, 1,
                        InstructionClass.OTHER_MEMORY, 2),
                counts.instructions());
        assertEquals(11, counts.total());
        assertEquals(Map.of("pred", 1, "b16", 3, "b32", 9, "b64", 1), counts.registers());
        assertEquals(80, counts.sharedBytes()); // 5, rounded up to 16, and 64; the third is not named
        assertEquals(24, counts.localBytes());
        assertEquals(12, counts.parameterBytes());
    }

    @Test
    void countsNothingInAnEmptyEntry() {
        StaticCounts counts = StaticCounts.of(PtxModule.parse(TEXT).entry("nothing"));
        assertEquals(0, counts.total());
        assertEquals(Map.of(), counts.registers());
        assertEquals(0, counts.sharedBytes());
    }
}
