package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private static final PtxEntry ENTRY = PtxModule.parse("""
                    .version 7.4
                    .target sm_80
                    .address_size 64
                    .visible .entry k(.param .u8 a, .param .u64 b, .param .f32 c, .param .b16 d, .param .f64 e, .param .b32 f) {
                        ret;
                    }
                    """).entry("k");

    @Test
    void placesEachValueWhereTheEntryReadsIt() {
        MemorySegment block = Parameters.of(ENTRY, (byte) 1, 0x1122334455667788L, 1.0f, (short) 2, 1.0, 0.5f);
        assertEquals(
                "01" + "00".repeat(7) + "8877665544332211" + "0000803f" + "0200" + "0000" + "000000000000f03f"
                        + "0000003f",
                HexFormat.of().formatHex(block.toArray(ValueLayout.JAVA_BYTE)));
    }

    @Test
    void refusesAnotherNumberOrTypeByName() {
        assertThrows(IllegalArgumentException.class, () -> Parameters.of(ENTRY));
        assertRefused("'b'", (byte) 1, 5, 1.0f, (short) 2, 1.0, 1);
        assertRefused("'b'", (byte) 1, 5.0, 1.0f, (short) 2, 1.0, 1);
        assertRefused("'c'", (byte) 1, 5L, 1, (short) 2, 1.0, 1);
        assertRefused("'d'", (byte) 1, 5L, 1f, "2", 1.0, 1);
    }

    private static void assertRefused(String name, Object... values) {
        String message = assertThrows(IllegalArgumentException.class, () -> Parameters.of(ENTRY, values))
                .getMessage();
        assertTrue(String.valueOf(message).contains(name), message);
    }
}
