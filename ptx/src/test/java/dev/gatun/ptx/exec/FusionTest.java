package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.verify.PtxModule;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs as one step gives the bits that its instructions give one by one, as they run under a watcher. */
class FusionTest {
    private static final int WORDS = 1024;

    private static final String LOADS = """
            mad.wide.u32 %d0, %t, 16, %in; mad.wide.u32 %d1, %t, 16, %out; and.b32 %r9, %t, 7; mad.wide.u32 %d2, %r9, 48, %in;
            ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%d0]; ld.global.v4.f32 {%f4, %f5, %f6, %f7}, [%d2];
            ld.global.v4.b32 {%r0, %r1, %r2, %r3}, [%d2+16]; ld.global.f32 %f8, [%d2+4]; ld.global.v2.b32 {%r4, %r5}, [%d2+8];
            setp.lt.u32 %p0, %r9, 5; mov.f32 %f10, 0f3F800000;
            """;
    private static final String STORE = "st.global.v4.f32 [%d1], {%f10, %f11, %f12, %f13}; xor.b32 %r6, %r6, %r7;"
            + " xor.b32 %r6, %r6, %r4; st.global.b32 [%d1], %r6;";

    private static int[] input() {
        Random random = new Random(8);
        int[] input = new int[WORDS];
        Arrays.setAll(input, n -> Float.floatToRawIntBits((float) random.nextGaussian()));
        input[17] = 0x7FC0_1234;
        input[40] = 0x0000_0007;
        input[83] = 0xFF80_0000;
        return input;
    }

    private static int[] run(String body, int threads, LaunchOptions options) {
        PtxModule module = TestKernel.module(LOADS + body + STORE);
        return TestKernel.run(module, Dim3.of(1), Dim3.of(threads), input(), 4 * threads, options);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fma.rn.f32 %f10, %f0, %f1, %f10; fma.rn.f32 %f10, %f2, %f3, %f10;",
                "fma.rn.f32 %f10, %f0, %f1, %f10; fma.rn.f32 %f10, %f2, %f3, %f10; fma.rn.f32 %f10, %f4, %f5, %f10;",
                "fma.rn.f32 %f10, %f0, %f4, %f10; fma.rn.f32 %f10, %f1, %f5, %f10; fma.rn.f32 %f10, %f2, %f6, %f10;"
                        + "fma.rn.f32 %f10, %f3, %f7, %f10; fma.rn.f32 %f10, %f8, %f8, %f10;",
                "fma.rn.f32 %f10, %f0, %f1, %f10; fma.rn.f32 %f10, %f10, %f3, %f10; fma.rn.f32 %f10, %f4, %f10, %f10;",
                "fma.rn.f32 %f10, %f10, %f1, %f10; fma.rn.f32 %f10, %f2, %f3, %f10;",
                "fma.rn.f32 %f10, %f0, %f1, %f10; @%p0 fma.rn.f32 %f10, %f2, %f3, %f10; fma.rn.f32 %f10, %f4, %f5, %f10;",
                "fma.rz.f32 %f10, %f0, %f1, %f10; fma.rn.ftz.f32 %f10, %f2, %f3, %f10; fma.rn.sat.f32 %f10, %f2, %f3, %f10;",
                "shr.u32 %r6, %r0, 8; cvt.rn.f32.u8 %f10, %r6; fma.rn.f32 %f10, %f10, %f4, %f5;",
                "shr.u32 %r0, %r0, 24; cvt.rn.f32.u8 %f10, %r0; fma.rn.f32 %f10, %f10, %f4, %f4; mov.b32 %r6, %r0;",
                "cvt.rn.f32.u8 %f11, %r1; fma.rn.f32 %f11, %f11, %f4, %f5; cvt.rn.f32.u8 %f10, %r2; fma.rn.f32 %f10, %f4, %f10, %f5;",
                "shr.u32 %r6, %r0, 8; cvt.rn.f32.u8 %f10, %r6; fma.rn.f32 %f10, %f10, %f10, %f5;",
                "shr.u32 %r6, %r0, 8; cvt.rn.f32.u8 %f10, %r1; fma.rn.f32 %f10, %f10, %f4, %f5;",
                "shr.s32 %r6, %r0, 28; cvt.rn.f32.u8 %f10, %r6; fma.rn.f32 %f10, %f10, %f4, %f5;",
                "shr.u32 %r6, %r0, 4; @%p0 cvt.rn.f32.u8 %f10, %r6; fma.rn.f32 %f10, %f10, %f4, %f5;",
                "@!%p0 bra over; shr.u32 %r6, %r0, 16; cvt.rn.f32.u8 %f10, %r6; fma.rn.f32 %f10, %f10, %f4, %f5;"
                        + "fma.rn.f32 %f10, %f0, %f1, %f10; fma.rn.f32 %f10, %f2, %f3, %f10; over:",
                "bra mid; fma.rn.f32 %f10, %f0, %f1, %f10; mid: fma.rn.f32 %f10, %f2, %f3, %f10; fma.rn.f32 %f10, %f4, %f5, %f10;"
            })
    void givesTheSameBits(String body) {
        for (int threads : new int[] {1, 31, 32, 33, 96}) {
            int[] oneByOne = run(body, threads, LaunchOptions.DEFAULT.withWatcher(new Watcher() {}));
            assertArrayEquals(oneByOne, run(body, threads, LaunchOptions.DEFAULT), () -> threads + " threads: " + body);
        }
    }

    @Test
    void joinsWhatProductsAreMadeOf() {
        PtxModule module = TestKernel.module(LOADS + """
                fma.rn.f32 %f10, %f0, %f4, %f10; fma.rn.f32 %f10, %f1, %f5, %f10; fma.rn.f32 %f10, %f2, %f6, %f10;
                fma.rn.f32 %f10, %f3, %f7, %f10; shr.u32 %r6, %r0, 8; cvt.rn.f32.u8 %f11, %r6; fma.rn.f32 %f11, %f11, %f4, %f5;
                """ + STORE);
        ModuleMemory loaded = new ModuleMemory(module, new GlobalMemory());
        Step[] fused = Lowering.lower(module.entry("k"), loaded).fused();
        assertTrue(Arrays.stream(fused).anyMatch(step -> step instanceof MultiplyAddChain chain && chain.span() == 4));
        assertTrue(Arrays.stream(fused).anyMatch(step -> step instanceof UnpackCode unpack && unpack.span() == 3));
    }
}
