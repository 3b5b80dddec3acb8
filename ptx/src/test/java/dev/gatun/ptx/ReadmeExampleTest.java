package dev.gatun.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The example of the README, with its kernel. */
class ReadmeExampleTest {
    private static final String SCALE = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry scale(.param .u64 x, .param .f32 by) {
                .reg .pred %past; .reg .u32 %i; .reg .u64 %x, %element; .reg .f32 %value, %factor;
                ld.param.u64 %x, [x];
                ld.param.f32 %factor, [by];
                mov.u32 %i, %tid.x;
                setp.ge.u32 %past, %i, 3;
                @%past exit;
                mad.wide.u32 %element, %i, 4, %x;
                ld.global.f32 %value, [%element];
                mul.rn.f32 %value, %value, %factor;
                st.global.f32 [%element], %value;
                ret;
            }
            """;

    @Test
    void scalesEveryElement() {
        PtxEntry entry = PtxModule.parse(SCALE).entry("scale"); // (u64 x, f32 by)
        try (PtxMachine machine = new PtxMachine()) {
            float[] x = {1, 2, 3};
            long device = machine.allocate(12);
            machine.copyIn(device, MemorySegment.ofArray(x));
            MemorySegment parameters = MemorySegment.ofArray(new long[] {device, Float.floatToRawIntBits(2)})
                    .asSlice(0, 12);
            Checker checker = Checker.all();
            machine.launch(entry, Dim3.of(1), Dim3.of(32), 0, parameters, LaunchOptions.DEFAULT.withWatcher(checker));
            machine.copyOut(MemorySegment.ofArray(x), device);
            checker.assertClean();
            assertArrayEquals(new float[] {2, 4, 6}, x);
        }
    }
}
