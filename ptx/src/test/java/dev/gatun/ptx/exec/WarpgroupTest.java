package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.count.TensorKind;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of warpgroups: the order of summation, what is in flight, and that four warps go together. */
class WarpgroupTest {
    private static final int COLUMNS = 16;
    private static final int K = 16;

    /** A at tile+0 and B at tile+8192, K-major with the 128-byte swizzle; %d1 and %d2 describe them; %p0 is false. */
    private static final String TILES = """
            .shared .align 1024 .b8 tile[16384]; mov.u32 %r1, tile; mad.lo.u32 %r1, %t, 128, %r1; mov.u32 %r2, 0;
            mad.wide.u32 %d0, %t, 128, %in;
            fill: ld.global.u32 %r3, [%d0]; st.shared.u32 [%r1], %r3; add.u32 %r1, %r1, 4; add.u64 %d0, %d0, 4;
            add.u32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, 32; @%p1 bra fill;
            fence.proxy.async; bar.sync 0; setp.eq.u32 %p0, 0, 1;
            mov.b64 %d1, 4611686293305294848; mov.b64 %d2, 4611686293305295360;
            wgmma.fence.sync.aligned;
            """;

    private static final String PRODUCT =
            "wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16 {%f0, %f1, %f2, %f3, %f4, %f5,"
                    + " %f6, %f7}, %d1, %d2, %p0, 1, 1, 0, 0;\n";
    private static final String DONE = "wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0;\n";
    private static final String STORE = """
            mul.wide.u32 %d3, %t, 32; add.u64 %d3, %out, %d3; st.global.v4.f32 [%d3], {%f0, %f1, %f2, %f3};
            st.global.v4.f32 [%d3+16], {%f4, %f5, %f6, %f7};
            """;

    private static int[] tiles(float[][] a, float[][] b) {
        byte[] bytes = new byte[16384];
        WarpgroupProgram.Layout layout = new WarpgroupProgram.Layout(128, false);
        for (int row = 0; row < a.length; row++) {
            for (int k = 0; k < K; k++) {
                put(bytes, layout.offset(row, k, 2, a.length), a[row][k]);
            }
        }
        for (int column = 0; column < b.length; column++) {
            for (int k = 0; k < K; k++) {
                put(bytes, 8192 + layout.offset(column, k, 2, b.length), b[column][k]);
            }
        }
        int[] words = new int[bytes.length / 4];
        for (int n = 0; n < words.length; n++) {
            words[n] = Bytes.readInt(bytes, 4 * n);
        }
        return words;
    }

    private static void put(byte[] bytes, int at, float value) {
        Bytes.writeShort(bytes, at, Float.floatToFloat16(value));
    }

    private static float[][] random(Random random, int lines) {
        float[][] matrix = new float[lines][K];
        for (float[] line : matrix) {
            for (int k = 0; k < K; k++) {
                float scale = random.nextInt(20) == 0 ? 100 : 1; // outliers
                line[k] = Float.float16ToFloat(Float.floatToFloat16(scale * (float) random.nextGaussian()));
            }
        }
        return matrix;
    }

    private static int[] run(String body, int threads, int[] tiles, LaunchOptions options) {
        return TestKernel.run(
                TestKernel.module(body),
                Dim3.of(1),
                Dim3.of(threads),
                tiles,
                8 * threads,
                options.withStepLimit(100_000));
    }

    private static PtxFault fault(String body, int threads) {
        return assertThrows(PtxFault.class, () -> run(body, threads, new int[4096], LaunchOptions.DEFAULT));
    }

    private static void assertFault(String message, String body, int threads) {
        String found = String.valueOf(fault(body, threads).getMessage());
        assertTrue(found.contains(message), found);
    }

    private static int[] expected(float[][] a, float[][] b, boolean twice) {
        int[] words = new int[8 * 128];
        for (int thread = 0; thread < 128; thread++) {
            for (int e = 0; e < 8; e++) {
                int row = 16 * (thread / 32) + thread % 32 / 4 + 8 * (e / 2 % 2);
                int column = 8 * (e / 4) + 2 * (thread % 4) + e % 2;
                float sum = 0;
                for (int k = 0; k < (twice ? 2 : 1) * K; k++) {
                    sum = Math.fma(a[row][k % K], b[column][k % K], sum);
                }
                words[8 * thread + e] = Float.floatToRawIntBits(sum);
            }
        }
        return words;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sumsInTheOrderOfKWhetherLateOrEarly(boolean late) {
        Random random = new Random(5);
        float[][] a = random(random, 64);
        float[][] b = random(random, COLUMNS);
        LaunchOptions options = LaunchOptions.DEFAULT.withLateCopies(late);
        int[] once = run(TILES + PRODUCT + DONE + STORE, 128, tiles(a, b), options);
        assertArrayEquals(expected(a, b, false), once);
        String again = "setp.eq.u32 %p0, 0, 0;\n" + PRODUCT;
        int[] twice = run(TILES + PRODUCT + again + DONE + STORE, 128, tiles(a, b), options);
        assertArrayEquals(expected(a, b, true), twice);
    }

    @Test
    void anUnwaitedProductShowsStaleSums() {
        float[][] a = random(new Random(6), 64);
        float[][] b = random(new Random(7), COLUMNS);
        String early = PRODUCT + "wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 1;\n" + STORE;
        int[] found = run(TILES + early, 128, tiles(a, b), LaunchOptions.DEFAULT);
        assertNotEquals(expected(a, b, false)[0], found[0]);
    }

    @Test
    void secondWarpgroupOfABlockHasRowsOfItsOwn() {
        float[][] a = random(new Random(8), 64);
        float[][] b = random(new Random(9), COLUMNS);
        String loading = "setp.ge.u32 %p3, %t, 128; @%p3 bra past;\n";
        String body =
                TILES.replace("fill: ", loading + "fill: ").replace("fence.proxy.async;", "past: fence.proxy.async;");
        int[] found = run(body + PRODUCT + DONE + STORE, 256, tiles(a, b), LaunchOptions.DEFAULT);
        int[] one = expected(a, b, false);
        assertArrayEquals(one, java.util.Arrays.copyOf(found, one.length));
        assertArrayEquals(one, java.util.Arrays.copyOfRange(found, one.length, 2 * one.length));
    }

    @Test
    void aWarpgroupNeedsAllItsWarpsAndLanes() {
        assertFault("less than 128 threads", TILES + PRODUCT + DONE, 96);
        assertFault("0x1ff, not all 32", TILES + "setp.lt.u32 %p2, %l, 9; @%p2 wgmma.fence.sync.aligned;", 128);
        String early = "setp.ge.u32 %p2, %t, 96; @%p2 exit;\n";
        assertFault("exited", TILES + early + PRODUCT + DONE, 128);
        assertFault("exited", early + "setmaxnreg.dec.sync.aligned.u32 40;", 128);
    }

    @Test
    void warpsThatDifferInInstructionOrDescriptorAreAFault() {
        String other = "setp.lt.u32 %p2, %t, 32; @%p2 add.u64 %d2, %d2, 2;\n";
        assertFault("differs from that of warp", TILES + other + PRODUCT + DONE, 128);
        String turn =
                "setp.lt.u32 %p2, %t, 32;\n@%p2 wgmma.fence.sync.aligned;\n@!%p2 wgmma.commit_group.sync.aligned;";
        assertFault("executed that of line", TILES + turn, 128);
        String lane = "setp.eq.u32 %p2, %l, 7; @%p2 add.u64 %d1, %d1, 2;\n";
        assertFault("of its own", TILES + lane + PRODUCT, 128);
    }

    @Test
    void flawedDescriptorsAreFaults() {
        assertFault("base offset 0", TILES + "add.u64 %d1, %d1, 8;\n" + PRODUCT, 128);
        assertFault("mean nothing", TILES + "or.b64 %d2, %d2, 16384;\n" + PRODUCT, 128);
        PtxFault outside = fault(TILES + "add.u64 %d2, %d2, 448;\n" + PRODUCT, 128);
        assertEquals(PtxFault.Kind.ADDRESS, outside.kind());
        assertTrue(String.valueOf(outside.getMessage()).contains("outside the 16384 bytes"));
    }

    @Test
    void countsEachMatrixOncePerWarpgroupAndMultiplyAddsOfAllWarps() {
        Counters counters = new Counters();
        run(TILES + PRODUCT + DONE + STORE, 128, new int[4096], LaunchOptions.DEFAULT.withWatcher(counters));
        assertEquals(64 * COLUMNS * K, counters.multiplyAdds(TensorKind.F16));
        int line =
                counters.sharedByLine().keySet().stream().max(Integer::compare).orElseThrow();
        Counters.MemoryCount matrices =
                java.util.Objects.requireNonNull(counters.sharedByLine().get(line));
        assertEquals((64 + COLUMNS) * K * 2, matrices.bytes());
        assertEquals(0, matrices.bankConflicts());
    }
}
