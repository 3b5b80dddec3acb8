package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ptx.TestKernel;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Matrix instructions against plain loops, with the fragment layouts written out from the ISA's figures. */
class MatrixTest {
    private final Random random = new Random(11);

    @Test
    void multipliesHalves() {
        int[][] a = new int[16][16];
        int[][] b = new int[16][8];
        int[] input = new int[32 * 10];
        for (int row = 0; row < 16; row++) {
            for (int k = 0; k < 16; k++) {
                a[row][k] = random.nextInt(17) - 8;
            }
        }
        for (int k = 0; k < 16; k++) {
            for (int column = 0; column < 8; column++) {
                b[k][column] = random.nextInt(17) - 8;
            }
        }
        for (int lane = 0; lane < 32; lane++) {
            int g = lane / 4;
            int t = lane % 4;
            int at = 10 * lane;
            input[at] = pair(a[g][2 * t], a[g][2 * t + 1]);
            input[at + 1] = pair(a[g + 8][2 * t], a[g + 8][2 * t + 1]);
            input[at + 2] = pair(a[g][2 * t + 8], a[g][2 * t + 9]);
            input[at + 3] = pair(a[g + 8][2 * t + 8], a[g + 8][2 * t + 9]);
            input[at + 4] = pair(b[2 * t][g], b[2 * t + 1][g]);
            input[at + 5] = pair(b[2 * t + 8][g], b[2 * t + 9][g]);
            for (int c = 0; c < 4; c++) {
                input[at + 6 + c] = Float.floatToRawIntBits(100 * (g + 8 * (c / 2)) + 2 * t + c % 2);
            }
        }
        int[] result = TestKernel.run("""
                mad.wide.u32 %d0, %t, 40, %in; mad.wide.u32 %d1, %t, 16, %out;
                ld.global.v2.b32 {%r0, %r1}, [%d0]; ld.global.v2.b32 {%r2, %r3}, [%d0+8]; ld.global.v2.b32 {%r4, %r5}, [%d0+16];
                ld.global.v2.f32 {%f0, %f1}, [%d0+24]; ld.global.v2.f32 {%f2, %f3}, [%d0+32];
                mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f0,%f1,%f2,%f3}, {%r0,%r1,%r2,%r3}, {%r4,%r5}, {%f0,%f1,%f2,%f3};
                st.global.v4.f32 [%d1], {%f0,%f1,%f2,%f3};
                """, 32, input, 128);
        for (int lane = 0; lane < 32; lane++) {
            for (int c = 0; c < 4; c++) {
                int row = lane / 4 + 8 * (c / 2);
                int column = 2 * (lane % 4) + c % 2;
                int sum = 100 * row + column;
                for (int k = 0; k < 16; k++) {
                    sum += a[row][k] * b[k][column];
                }
                assertEquals((float) sum, Float.intBitsToFloat(result[4 * lane + c]));
            }
        }
    }

    private static int pair(int low, int high) {
        return (Float.floatToFloat16(low) & 0xFFFF) | (Float.floatToFloat16(high) << 16);
    }

    @Test
    void multipliesBytes() {
        int[][] a = new int[16][32];
        int[][] b = new int[32][8];
        for (int[] row : a) {
            java.util.Arrays.setAll(row, k -> random.nextInt(256) - 128);
        }
        for (int[] row : b) {
            java.util.Arrays.setAll(row, column -> random.nextInt(256) - 128);
        }
        int[] input = new int[32 * 6];
        for (int lane = 0; lane < 32; lane++) {
            int g = lane / 4;
            int t = lane % 4;
            for (int e = 0; e < 4; e++) {
                input[6 * lane] |= (a[g][4 * t + e] & 0xFF) << (8 * e);
                input[6 * lane + 1] |= (a[g + 8][4 * t + e] & 0xFF) << (8 * e);
                input[6 * lane + 2] |= (a[g][4 * t + 16 + e] & 0xFF) << (8 * e);
                input[6 * lane + 3] |= (a[g + 8][4 * t + 16 + e] & 0xFF) << (8 * e);
                input[6 * lane + 4] |= (b[4 * t + e][g] & 0xFF) << (8 * e);
                input[6 * lane + 5] |= (b[4 * t + 16 + e][g] & 0xFF) << (8 * e);
            }
        }
        int[] result = TestKernel.run("""
                mad.wide.u32 %d0, %t, 24, %in; mad.wide.u32 %d1, %t, 16, %out; mov.u32 %r6, 7;
                ld.global.v2.b32 {%r0, %r1}, [%d0]; ld.global.v2.b32 {%r2, %r3}, [%d0+8]; ld.global.v2.b32 {%r4, %r5}, [%d0+16];
                mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%r0,%r1,%r2,%r3}, {%r0,%r1,%r2,%r3}, {%r4,%r5}, {%r6,%r6,%r6,%r6};
                st.global.v4.b32 [%d1], {%r0,%r1,%r2,%r3};
                """, 32, input, 128);
        for (int lane = 0; lane < 32; lane++) {
            for (int c = 0; c < 4; c++) {
                int sum = 7;
                for (int k = 0; k < 32; k++) {
                    sum += a[lane / 4 + 8 * (c / 2)][k] * b[k][2 * (lane % 4) + c % 2];
                }
                assertEquals(sum, result[4 * lane + c]);
            }
        }
    }

    /** Where sums go to the registers of other addends, nothing is lost. */
    @Test
    void exchangesTheRegistersOfSums() {
        int[] result = TestKernel.run("""
                mad.wide.u32 %d1, %t, 32, %out; mov.u32 %r6, 0;
                mov.u32 %r0, 10; mov.u32 %r1, 20; mov.u32 %r2, 30; mov.u32 %r3, -40;
                mov.f32 %f0, 0f3f800000; mov.f32 %f1, 0f40000000; mov.f32 %f2, 0f40400000; mov.f32 %f3, 0f40800000;
                mma.sync.aligned.m16n8k32.row.col.s32.s8.u8.s32 {%r3,%r2,%r1,%r0}, {%r6,%r6,%r6,%r6}, {%r6,%r6}, {%r0,%r1,%r2,%r3};
                mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f2,%f3,%f1,%f0}, {%r6,%r6,%r6,%r6}, {%r6,%r6}, {%f0,%f1,%f2,%f3};
                st.global.v4.b32 [%d1], {%r0,%r1,%r2,%r3}; st.global.v4.f32 [%d1+16], {%f0,%f1,%f2,%f3};
                """, 32, new int[1], 256);
        for (int lane = 0; lane < 32; lane++) {
            int[] sums = java.util.Arrays.copyOfRange(result, 8 * lane, 8 * lane + 4);
            assertArrayEquals(new int[] {-40, 30, 20, 10}, sums);
            float[] floats = new float[4];
            for (int c = 0; c < 4; c++) {
                floats[c] = Float.intBitsToFloat(result[8 * lane + 4 + c]);
            }
            assertArrayEquals(new float[] {4, 3, 1, 2}, floats);
        }
    }

    /** The largest products of every mixture of signs, in both halves of a pair of rows. */
    @Test
    void sumsTheExtremesOfBytesExactly() {
        for (String types : new String[] {"s8.s8", "s8.u8", "u8.s8", "u8.u8"}) {
            for (int[] bytes : new int[][] {{0x80, 0x80}, {0x7F, 0x80}, {0xFF, 0xFF}, {0x80, 0xFF}}) {
                int[] result = TestKernel.run(
                        """
                        mad.wide.u32 %%d1, %%t, 16, %%out; mov.u32 %%r6, %d; mov.u32 %%r7, %d; mov.u32 %%r5, %d;
                        mma.sync.aligned.m16n8k32.row.col.s32.%s.s32 {%%r0,%%r1,%%r2,%%r3}, {%%r6,%%r7,%%r6,%%r7}, {%%r5,%%r5}, {%%r8,%%r8,%%r8,%%r8};
                        st.global.v4.b32 [%%d1], {%%r0,%%r1,%%r2,%%r3};
                        """.formatted(0x01010101 * bytes[0], 0x01010101 * bytes[1], 0x01010101 * bytes[1], types),
                        32,
                        new int[1],
                        128);
                boolean signedA = types.startsWith("s8");
                boolean signedB = types.endsWith("s8");
                int y = signedB ? (byte) bytes[1] : bytes[1];
                for (int lane = 0; lane < 32; lane++) {
                    for (int c = 0; c < 4; c++) {
                        int x = bytes[c / 2];
                        assertEquals(32 * (signedA ? (byte) x : x) * y, result[4 * lane + c], types);
                    }
                }
            }
        }
    }

    @Test
    void multipliesTf32() {
        float[][] a = new float[16][8];
        float[][] b = new float[8][8];
        for (float[] row : a) {
            java.util.Arrays.fill(row, 0);
            for (int k = 0; k < 8; k++) {
                row[k] = random.nextInt(33) - 16;
            }
        }
        for (float[] row : b) {
            for (int column = 0; column < 8; column++) {
                row[column] = random.nextInt(33) - 16;
            }
        }
        int[] input = new int[32 * 6];
        for (int lane = 0; lane < 32; lane++) {
            int g = lane / 4;
            int t = lane % 4;
            float[] fragment = {a[g][t], a[g + 8][t], a[g][t + 4], a[g + 8][t + 4], b[t][g], b[t + 4][g]};
            for (int e = 0; e < 6; e++) {
                input[6 * lane + e] = Float.floatToRawIntBits(fragment[e]) | 0x1FFF; // the low bits do not count
            }
        }
        int[] result = TestKernel.run("""
                mad.wide.u32 %d0, %t, 24, %in; mad.wide.u32 %d1, %t, 16, %out; mov.f32 %f0, 0f40E00000;
                ld.global.v2.b32 {%r0, %r1}, [%d0]; ld.global.v2.b32 {%r2, %r3}, [%d0+8]; ld.global.v2.b32 {%r4, %r5}, [%d0+16];
                mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f1,%f2,%f3,%f4}, {%r0,%r1,%r2,%r3}, {%r4,%r5}, {%f0,%f0,%f0,%f0};
                st.global.v4.f32 [%d1], {%f1,%f2,%f3,%f4};
                """, 32, input, 128);
        for (int lane = 0; lane < 32; lane++) {
            for (int c = 0; c < 4; c++) {
                float sum = 7;
                for (int k = 0; k < 8; k++) {
                    sum += a[lane / 4 + 8 * (c / 2)][k] * b[k][2 * (lane % 4) + c % 2];
                }
                assertEquals(sum, Float.intBitsToFloat(result[4 * lane + c]));
            }
        }
    }

    @Test
    void accumulatesInHalves() {
        int[] result = TestKernel.run("""
                mov.b32 %r0, 0x3C003C00; mov.b32 %r1, 0x40004000; cvt.rn.f16.u32 %h0, %t; mov.b32 %r2, {%h0, %h0};
                mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%r3,%r4}, {%r0,%r1,%r0,%r1}, {%r0,%r0}, {%r2,%r2};
                mad.wide.u32 %d1, %t, 8, %out; st.global.v2.b32 [%d1], {%r3,%r4};
                """, 32, new int[0], 64);
        for (int lane = 0; lane < 32; lane++) {
            assertEquals(pair(16 + lane, 16 + lane), result[2 * lane]); // rows of ones
            assertEquals(pair(32 + lane, 32 + lane), result[2 * lane + 1]); // rows of twos
        }
    }

    @Test
    void multipliesBrainAndEightBitFloats() {
        int[] brain = TestKernel.run("""
                mov.b32 %r0, 0x3F803F80; mov.b32 %r1, 0x40004000; cvt.rn.f32.u32 %f0, %t;
                mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%f1,%f2,%f3,%f4}, {%r0,%r1}, {%r1}, {%f0,%f0,%f0,%f0};
                cvt.rzi.u32.f32 %r2, %f1; cvt.rzi.u32.f32 %r3, %f4; mad.wide.u32 %d1, %t, 8, %out; st.global.v2.b32 [%d1], {%r2,%r3};
                """, 32, new int[0], 64);
        for (int lane = 0; lane < 32; lane++) {
            assertEquals(16 + lane, brain[2 * lane]);
            assertEquals(32 + lane, brain[2 * lane + 1]);
        }
    }

    /** Row r of matrix m holds the halves 100 m + 10 r + column. */
    private static final String FILL = """
            .shared .align 16 .b16 tile[256]; mov.u32 %r5, tile; mul.lo.u32 %r6, %t, 16; add.u32 %r7, %r5, %r6;
            mov.u32 %r8, 0;
            next: mad.lo.u32 %r9, %t, 10, %r8; shr.u32 %r10, %t, 3; mad.lo.u32 %r9, %r10, 20, %r9; cvt.u16.u32 %h0, %r9;
            shl.b32 %r11, %r8, 1; add.u32 %r11, %r7, %r11; st.shared.b16 [%r11], %h0;
            add.u32 %r8, %r8, 1; setp.lt.u32 %p0, %r8, 8; @%p0 bra next; bar.sync 0;
            mad.wide.u32 %d1, %t, 16, %out;
            """;

    private static int element(int matrix, int row, int column) {
        return 100 * matrix + 10 * row + column;
    }

    @Test
    void loadsMatrices() {
        int[] straight = TestKernel.run(
                FILL
                        + "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0,%r1,%r2,%r3}, [%r7]; st.global.v4.b32 [%d1], {%r0,%r1,%r2,%r3};",
                32,
                new int[0],
                128);
        int[] transposed = TestKernel.run(
                FILL
                        + "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%r0,%r1,%r2,%r3}, [%r7]; st.global.v4.b32 [%d1], {%r0,%r1,%r2,%r3};",
                32,
                new int[0],
                128);
        int[] moved = TestKernel.run(
                FILL
                        + "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0,%r1,%r2,%r3}, [%r7]; movmatrix.sync.aligned.m8n8.trans.b16 %r0, %r0; "
                        + "st.global.v4.b32 [%d1], {%r0,%r1,%r2,%r3};",
                32,
                new int[0],
                128);
        for (int lane = 0; lane < 32; lane++) {
            for (int m = 0; m < 4; m++) {
                int row = lane / 4;
                int column = 2 * (lane % 4);
                assertEquals(element(m, row, column) | element(m, row, column + 1) << 16, straight[4 * lane + m]);
                assertEquals(element(m, column, row) | element(m, column + 1, row) << 16, transposed[4 * lane + m]);
            }
            assertEquals(transposed[4 * lane], moved[4 * lane]);
        }
    }

    @Test
    void storesWhatItLoads() {
        String copy = FILL + """
                .shared .align 16 .b16 copy[256]; mov.u32 %%r12, copy; add.u32 %%r12, %%r12, %%r6;
                ldmatrix.sync.aligned.m8n8.x4%1$s.shared.b16 {%%r0,%%r1,%%r2,%%r3}, [%%r7];
                stmatrix.sync.aligned.m8n8.x4%1$s.shared.b16 [%%r12], {%%r0,%%r1,%%r2,%%r3}; bar.sync 0;
                ld.shared.v4.b32 {%%r0,%%r1,%%r2,%%r3}, [%%r12]; st.global.v4.b32 [%%d1], {%%r0,%%r1,%%r2,%%r3};
                """;
        int[] expected = IntStream.range(0, 128)
                .map(n -> element(n / 32, n / 4 % 8, 2 * (n % 4)) | element(n / 32, n / 4 % 8, 2 * (n % 4) + 1) << 16)
                .toArray();
        String text = copy.replace("%%", "%").replace("%1$s", "");
        String transposed = copy.replace("%%", "%").replace("%1$s", ".trans");
        assertArrayEquals(expected, TestKernel.run(text, 32, new int[0], 128));
        assertArrayEquals(expected, TestKernel.run(transposed, 32, new int[0], 128));
    }
}
