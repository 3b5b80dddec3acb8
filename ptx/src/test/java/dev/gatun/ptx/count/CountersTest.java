package dev.gatun.ptx.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.exec.LaunchOptions;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static Counters count(String body, int threads) {
        Counters counters = new Counters();
        TestKernel.run(
                TestKernel.module(body),
                Dim3.of(1),
                Dim3.of(threads),
                new int[4096],
                64,
                LaunchOptions.DEFAULT.withWatcher(counters));
        return counters;
    }

    @Test
    void countsSectorsAgainstTheIdeal() {
        Counters.MemoryCount dense = count("mad.wide.u32 %d0, %t, 4, %in; ld.global.u32 %r0, [%d0];", 32)
                .global();
        assertEquals(new Counters.MemoryCount(1, 128, 4, 4, 0, 0), dense);
        Counters.MemoryCount strided = count("mad.wide.u32 %d0, %t, 128, %in; ld.global.u32 %r0, [%d0];", 32)
                .global();
        assertEquals(new Counters.MemoryCount(1, 128, 32, 4, 0, 0), strided);
        Counters.MemoryCount broadcast = count("ld.global.u32 %r0, [%in];", 32).global();
        assertEquals(new Counters.MemoryCount(1, 128, 1, 1, 0, 0), broadcast);
        Counters.MemoryCount vector = count(
                        "mad.wide.u32 %d0, %t, 16, %in; ld.global.v4.u32 {%r0,%r1,%r2,%r3}, [%d0];", 32)
                .global();
        assertEquals(new Counters.MemoryCount(1, 512, 16, 16, 0, 0), vector);
    }

    @Test
    void countsBankConflicts() {
        String load =
                ".shared .align 16 .b8 s[8192]; mov.u32 %%r5, s; mad.lo.u32 %%r1, %%t, %d, %%r5; ld.shared.%s, [%%r1];";
        assertEquals(0, count(load.formatted(4, "u32 %r0"), 32).shared().bankConflicts());
        assertEquals(1, count(load.formatted(8, "u32 %r0"), 32).shared().bankConflicts());
        assertEquals(31, count(load.formatted(128, "u32 %r0"), 32).shared().bankConflicts());
        assertEquals(0, count(load.formatted(0, "u32 %r0"), 32).shared().bankConflicts());
        assertEquals(
                0,
                count(load.formatted(16, "v4.u32 {%r0,%r1,%r2,%r3}"), 32)
                        .shared()
                        .bankConflicts());
        assertEquals(
                0, count(load.formatted(8, "v2.u32 {%r0,%r1}"), 32).shared().bankConflicts());
        assertEquals(1, count(load.formatted(2, "u16 %h0"), 32).shared().wavefronts());
    }

    @Test
    void countsInstructionsByClassAndActiveLanes() {
        Counters counters = count(
                "add.f32 %f0, %f1, %f2;\nsetp.lt.u32 %p0, %t, 5; @%p0 add.u32 %r0, %r0, 1; ex2.approx.f32 %f0, %f0; bar.sync 0;",
                33);
        assertEquals(2, counters.instructions(InstructionClass.FLOAT32));
        assertEquals(2, counters.instructions(InstructionClass.INTEGER));
        assertEquals(2, counters.instructions(InstructionClass.SPECIAL_FUNCTION));
        assertEquals(2, counters.instructions(InstructionClass.SYNCHRONISATION));
        assertEquals(2, counters.barriers());
        assertEquals(2 * 10, counters.warpInstructions());
        assertEquals(33 * 9 + 5, counters.laneInstructions());
        assertTrue(counters.report().contains("float32"));
    }
}
