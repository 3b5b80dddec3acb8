package dev.gatun.ptx.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.verify.PtxModule;
import org.junit.jupiter.api.Test;

class LowerBoundTest {
    private static Counters count(String body, int blocks, int threads) {
        Counters counters = new Counters();
        TestKernel.run(
                TestKernel.module(body),
                Dim3.of(blocks),
                Dim3.of(threads),
                new int[1 << 16],
                1 << 16,
                LaunchOptions.DEFAULT.withWatcher(counters));
        return counters;
    }

    private static LowerBound bound(Counters counters, String chip) {
        return LowerBound.of(counters, OccupancyTest.chip(chip));
    }

    @Test
    void aCopyIsLimitedByItsBytesAndEachSectorCountsOnce() {
        String copy = """
                mov.u32 %r0, %ctaid.x; mad.lo.u32 %r0, %r0, 64, %t;
                mad.wide.u32 %d0, %r0, 16, %in; mad.wide.u32 %d1, %r0, 16, %out;
                ld.global.v4.u32 {%r1,%r2,%r3,%r4}, [%d0]; ld.global.v4.u32 {%r1,%r2,%r3,%r4}, [%d0];
                st.global.v4.u32 [%d1], {%r1,%r2,%r3,%r4}; ld.global.u32 %r5, [%d1];
                """;
        Counters counters = count(copy, 256, 64);
        assertEquals(2 * (4L << 16), counters.busBytes()); // read twice, and what was written is not fetched again
        assertEquals(2 * (4L << 16) + (1L << 16), counters.globalBytesRead());
        assertEquals(4L << 16, counters.globalBytesWritten());
        LowerBound on4090 = bound(counters, "RTX 4090");
        assertEquals("bytes", on4090.bottleneck());
        assertEquals((8 << 16) / 1.008e12, on4090.leastSeconds(), 1e-15);
        assertTrue(on4090.text().startsWith("RTX 4090  >= 0.520 us + 1.3 launch, limited by bytes ("), on4090.text());
    }

    @Test
    void arithmeticIsLimitedByThePipeOrTheIssueSlots() {
        Counters counters = count("fma.rn.f32 %f0, %f0, %f1, %f2;\n".repeat(1000), 216, 128);
        LowerBound a100 = bound(counters, "A100"); // 64 lanes a clock
        assertEquals("float32", a100.bottleneck());
        assertEquals(1000.0 * 216 * 4 * 32 / 64 / 108 / 1.41e9, a100.leastSeconds(), 1e-12);
        assertEquals("issue slots", bound(counters, "H100").bottleneck());
    }

    @Test
    void aSmallGridHasFewSchedulers() {
        double one = bound(count("add.u32 %r0, %r0, %r1;\n".repeat(100), 1, 32), "H100")
                .leastSeconds();
        double eight = bound(count("add.u32 %r0, %r0, %r1;\n".repeat(100), 1, 256), "H100")
                .leastSeconds();
        assertEquals(2 * one, eight, 1e-12); // 8 warps share 4 schedulers
    }

    @Test
    void conflictsAreLimitedBySharedMemory() {
        Counters counters = count(
                ".shared .b8 s[4096]; mov.u32 %r1, s; mad.lo.u32 %r1, %t, 128, %r1;"
                        + "ld.shared.u32 %r0, [%r1];\n".repeat(50),
                1,
                32);
        LowerBound bound = bound(counters, "H200");
        assertEquals("shared memory", bound.bottleneck());
        assertEquals(50 * 32 / 1.98e9, bound.leastSeconds(), 1e-15);
    }

    @Test
    void matricesAreLimitedByTensorCoresWhereTheChipHasThem() {
        String half =
                "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f0,%f1,%f2,%f3}, {%r0,%r1,%r2,%r3}, {%r4,%r5},"
                        + " {%f0,%f1,%f2,%f3};\n";
        Counters counters = count(half.repeat(100), 1, 128);
        assertEquals(400L * 16 * 8 * 16, counters.multiplyAdds(TensorKind.F16));
        assertEquals(0, counters.multiplyAdds(TensorKind.F16_SUMS));
        LowerBound a100 = bound(counters, "A100");
        assertEquals("tensor", a100.bottleneck());
        assertEquals(400 * 2048 / 1024 / 1.41e9, a100.leastSeconds(), 1e-15);
        Counters narrow = count(half.replace("m16n8k16", "m16n8k32").replace(".f16.f16.", ".e4m3.e4m3."), 1, 32);
        assertTrue(Double.isInfinite(bound(narrow, "A100").leastSeconds()));
        assertTrue(Double.isFinite(bound(narrow, "RTX 4090").leastSeconds()));
        Counters sums = count(
                "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%r0,%r1}, {%r0,%r1,%r2,%r3}, {%r4,%r5}, {%r0,%r1};",
                1, 32);
        assertEquals(2048, sums.multiplyAdds(TensorKind.F16_SUMS));
    }

    @Test
    void tellsWhichChipsATargetRunsOn() {
        assertEquals("A100 RTX 4090 H100 H200 B200 RTX 5090", runners("sm_70"));
        assertEquals("H100 H200 B200 RTX 5090", runners("sm_90"));
        assertEquals("H100 H200", runners("sm_90a"));
        assertEquals("B200", runners("sm_100f"));
    }

    private static String runners(String target) {
        PtxModule module = PtxModule.parse(".version 8.8\n.target " + target + "\n.address_size 64\n");
        return String.join(
                " ",
                Chip.ALL.stream()
                        .filter(chip -> chip.canRun(module))
                        .map(Chip::name)
                        .toList());
    }
}
