package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.FloatFormat;
import dev.gatun.ptx.num.Half;

/**
 * {@code mma.sync}: D = A B + C over one warp.
 *
 * <p>Fragments, with g = lane / 4 and t = lane % 4 and e elements a register: register r of A holds row g + 8 (r % 2),
 * columns e t + 4 e (r / 2) and on; register r of B holds column g, rows e t + 4 e r and on; C and D hold rows g and g + 8,
 * columns 2 t and 2 t + 1. Integer sums are exact. Floating sums are fused multiply-adds in the order of k; hardware
 * aligns and truncates instead, so the last bits of a sum may differ.
 */
final class Mma extends Step {
    private static final int COLUMNS = 8;

    private final int k;
    private final PtxType typeA;
    private final PtxType typeB;
    private final boolean halfSums;
    private final boolean saturates;
    private final int[] d;
    private final int[] a;
    private final int[] b;
    private final int[] c;
    private final int elements; // a register

    Mma(int k, PtxType typeA, PtxType typeB, boolean halfSums, boolean saturates, int[][] registers) {
        this.k = k;
        this.typeA = typeA;
        this.typeB = typeB;
        this.halfSums = halfSums;
        this.saturates = saturates;
        this.d = registers[0];
        this.a = registers[1];
        this.b = registers[2];
        this.c = registers[3];
        this.elements = typeA == PtxType.F64 ? 1 : 4 / typeA.byteSize();
    }

    @Override
    void run(Warp warp, int mask) {
        if (mask != -1) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    this,
                    mask,
                    "executes a matrix instruction with active lanes 0x" + Integer.toHexString(mask) + ", not all 32,");
        }
        switch (typeA) {
            case U8, S8 -> {
                if (c.length == 4) {
                    tallIntegers(warp);
                } else {
                    squareIntegers(warp);
                }
            }
            case F64 -> doubles(warp);
            default -> floats(warp);
        }
        if (warp.block.watcher != null) {
            warp.block.watcher.warpSynchronizes(warp, this, mask);
        }
    }

    private void floats(Warp warp) {
        float[] left = warp.matrix.a; // [row][k]
        float[] right = warp.matrix.b; // [k][column]
        for (int r = 0; r < a.length; r++) {
            unpack(warp.i[a[r]], left, 8 * (r & 1) * k + 4 * elements * (r >> 1), k, 1, typeA);
        }
        for (int r = 0; r < b.length; r++) {
            unpack(warp.i[b[r]], right, 4 * elements * r * COLUMNS, 1, COLUMNS, typeB);
        }
        float[] sums = warp.matrix.sums;
        float[] addends = warp.floatBuffer; // copies: a register may be a sum of one row and an addend of another
        int[] packed = warp.intBuffer;
        for (int s = 0; s < c.length; s++) {
            if (halfSums) {
                System.arraycopy(warp.i[c[s]], 0, packed, s * Warp.LANES, Warp.LANES);
            } else {
                System.arraycopy(warp.f[c[s]], 0, addends, s * Warp.LANES, Warp.LANES);
            }
        }
        for (int row = 0; row < 16; row++) {
            int half = row >> 3;
            int lane = 4 * (row & 7);
            if (halfSums) {
                loadHalves(sums, packed, half * Warp.LANES + lane);
                addProducts(sums, left, row * k, right, k);
                storeHalves(sums, warp.i[d[half]], lane);
            } else {
                int even = 2 * half * Warp.LANES + lane;
                for (int t = 0; t < 4; t++) {
                    sums[2 * t] = addends[even + t];
                    sums[2 * t + 1] = addends[even + Warp.LANES + t];
                }
                addProducts(sums, left, row * k, right, k);
                float[] evenOut = warp.f[d[2 * half]];
                float[] oddOut = warp.f[d[2 * half + 1]];
                for (int t = 0; t < 4; t++) {
                    evenOut[lane + t] = sums[2 * t];
                    oddOut[lane + t] = sums[2 * t + 1];
                }
            }
        }
    }

    /** One row: eight sums side by side, so that the fused multiply-adds do not wait for each other. */
    private static void addProducts(float[] sums, float[] left, int from, float[] right, int k) {
        float s0 = sums[0];
        float s1 = sums[1];
        float s2 = sums[2];
        float s3 = sums[3];
        float s4 = sums[4];
        float s5 = sums[5];
        float s6 = sums[6];
        float s7 = sums[7];
        for (int x = 0; x < k; x++) {
            float value = left[from + x];
            int at = COLUMNS * x;
            s0 = Math.fma(value, right[at], s0);
            s1 = Math.fma(value, right[at + 1], s1);
            s2 = Math.fma(value, right[at + 2], s2);
            s3 = Math.fma(value, right[at + 3], s3);
            s4 = Math.fma(value, right[at + 4], s4);
            s5 = Math.fma(value, right[at + 5], s5);
            s6 = Math.fma(value, right[at + 6], s6);
            s7 = Math.fma(value, right[at + 7], s7);
        }
        sums[0] = s0;
        sums[1] = s1;
        sums[2] = s2;
        sums[3] = s3;
        sums[4] = s4;
        sums[5] = s5;
        sums[6] = s6;
        sums[7] = s7;
    }

    private static void loadHalves(float[] sums, int[] packed, int lane) {
        for (int t = 0; t < 4; t++) {
            sums[2 * t] = Half.toFloat(packed[lane + t] & 0xFFFF, false);
            sums[2 * t + 1] = Half.toFloat(packed[lane + t] >>> 16, false);
        }
    }

    private static void storeHalves(float[] sums, int[] packed, int lane) {
        for (int t = 0; t < 4; t++) {
            packed[lane + t] = Half.fromFloat(sums[2 * t], false) | (Half.fromFloat(sums[2 * t + 1], false) << 16);
        }
    }

    /**
     * Spreads a fragment register over a matrix: element e of lane 4 g + t goes to {@code origin + g * groupStride +
     * (elements * t + e) * stride}.
     */
    private static void unpack(int[] fragment, float[] matrix, int origin, int groupStride, int stride, PtxType type) {
        switch (type) {
            case F16 -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    int at = origin + (n >> 2) * groupStride + 2 * (n & 3) * stride;
                    matrix[at] = Float.float16ToFloat((short) fragment[n]);
                    matrix[at + stride] = Float.float16ToFloat((short) (fragment[n] >>> 16));
                }
            }
            case BF16 -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    int at = origin + (n >> 2) * groupStride + 2 * (n & 3) * stride;
                    matrix[at] = Float.intBitsToFloat(fragment[n] << 16);
                    matrix[at + stride] = Float.intBitsToFloat(fragment[n] & 0xFFFF_0000);
                }
            }
            case TF32 -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    int at = origin + (n >> 2) * groupStride + (n & 3) * stride;
                    matrix[at] = Float.intBitsToFloat(fragment[n] & 0xFFFF_E000);
                }
            }
            default -> {
                FloatFormat format = type == PtxType.E4M3 ? FloatFormat.E4M3 : FloatFormat.E5M2;
                for (int n = 0; n < Warp.LANES; n++) {
                    int at = origin + (n >> 2) * groupStride + 4 * (n & 3) * stride;
                    for (int e = 0; e < 4; e++) {
                        matrix[at + e * stride] = (float) format.decode((fragment[n] >>> (8 * e)) & 0xFF);
                    }
                }
            }
        }
    }

    /**
     * 16 rows of bytes. Rows g and g + 8 travel together in one double, {@code low + 2^26 high}: sums of 32 products of
     * bytes stay below 2^21, so that either half is exact.
     */
    private void tallIntegers(Warp warp) {
        double[] left = warp.matrix.doubleA; // [row pair][k]
        double[] right = warp.matrix.doubleB; // [k][column]
        boolean signedA = typeA == PtxType.S8;
        for (int r = 0; r < a.length; r += 2) {
            pairRows(warp.i[a[r]], warp.i[a[r + 1]], left, 8 * r, signedA);
        }
        for (int r = 0; r < b.length; r++) {
            spreadBytes(warp.i[b[r]], right, 16 * COLUMNS * r, typeB == PtxType.S8);
        }
        long[] even = warp.scratchLong; // by lane: columns 2 t of rows g and g + 8
        long[] odd = warp.highLong;
        for (int row = 0; row < 8; row++) {
            addPairedProducts(even, odd, 4 * row, left, row * k, right, k);
        }
        int[] out = warp.intBuffer; // a register may be a sum of one kind and an addend of another
        finish(out, 0, warp.i[c[0]], even, 38, 38);
        finish(out, 1, warp.i[c[1]], odd, 38, 38);
        for (int n = 0; n < Warp.LANES; n++) { // a negative lower half has borrowed from the upper one
            even[n] += 1L << 25;
            odd[n] += 1L << 25;
        }
        finish(out, 2, warp.i[c[2]], even, 0, 26);
        finish(out, 3, warp.i[c[3]], odd, 0, 26);
        for (int s = 0; s < d.length; s++) {
            System.arraycopy(out, s * Warp.LANES, warp.i[d[s]], 0, Warp.LANES);
        }
    }

    /** Adds one half of each pair: what is left of it after a shift to the left and one to the right. */
    private void finish(int[] out, int register, int[] addends, long[] pairs, int left, int right) {
        int to = register * Warp.LANES;
        if (saturates) {
            for (int n = 0; n < Warp.LANES; n++) {
                out[to + n] = IntMath.saturate(addends[n] + (pairs[n] << left >> right));
            }
        } else {
            for (int n = 0; n < Warp.LANES; n++) {
                out[to + n] = addends[n] + (int) (pairs[n] << left >> right);
            }
        }
    }

    private void pairRows(int[] low, int[] high, double[] matrix, int origin, boolean signed) {
        int flip = signed ? 0x80 : 0; // (byte ^ 0x80) - 0x80 is the signed value
        for (int n = 0; n < Warp.LANES; n++) {
            int at = origin + (n >> 2) * k + 4 * (n & 3);
            int x = low[n];
            int y = high[n];
            matrix[at] = pair(x, y, flip);
            matrix[at + 1] = pair(x >> 8, y >> 8, flip);
            matrix[at + 2] = pair(x >> 16, y >> 16, flip);
            matrix[at + 3] = pair(x >> 24, y >> 24, flip);
        }
    }

    private static double pair(int low, int high, int flip) {
        return (((low & 0xFF) ^ flip) - flip) + ((long) (((high & 0xFF) ^ flip) - flip) << 26);
    }

    private static void spreadBytes(int[] fragment, double[] matrix, int origin, boolean signed) {
        int flip = signed ? 0x80 : 0;
        for (int n = 0; n < Warp.LANES; n++) {
            int at = origin + 4 * (n & 3) * COLUMNS + (n >> 2);
            int x = fragment[n];
            matrix[at] = ((x & 0xFF) ^ flip) - flip;
            matrix[at + COLUMNS] = (((x >> 8) & 0xFF) ^ flip) - flip;
            matrix[at + 2 * COLUMNS] = (((x >> 16) & 0xFF) ^ flip) - flip;
            matrix[at + 3 * COLUMNS] = (((x >> 24) & 0xFF) ^ flip) - flip;
        }
    }

    private static void addPairedProducts(
            long[] even, long[] odd, int lane, double[] left, int from, double[] right, int k) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        for (int x = 0; x < k; x++) {
            double value = left[from + x];
            int at = COLUMNS * x;
            s0 = Math.fma(value, right[at], s0);
            s1 = Math.fma(value, right[at + 1], s1);
            s2 = Math.fma(value, right[at + 2], s2);
            s3 = Math.fma(value, right[at + 3], s3);
            s4 = Math.fma(value, right[at + 4], s4);
            s5 = Math.fma(value, right[at + 5], s5);
            s6 = Math.fma(value, right[at + 6], s6);
            s7 = Math.fma(value, right[at + 7], s7);
        }
        even[lane] = (long) s0;
        odd[lane] = (long) s1;
        even[lane + 1] = (long) s2;
        odd[lane + 1] = (long) s3;
        even[lane + 2] = (long) s4;
        odd[lane + 2] = (long) s5;
        even[lane + 3] = (long) s6;
        odd[lane + 3] = (long) s7;
    }

    private void squareIntegers(Warp warp) {
        int[] left = warp.matrix.integerA;
        int[] right = warp.matrix.integerB;
        for (int r = 0; r < a.length; r++) {
            unpackBytes(warp.i[a[r]], left, 16 * r, typeA == PtxType.S8);
        }
        for (int r = 0; r < b.length; r++) {
            unpackBytes(warp.i[b[r]], right, 16 * r, typeB == PtxType.S8);
        }
        for (int s = 0; s < c.length; s++) {
            int[] sums = warp.i[c[s]];
            int[] out = warp.i[d[s]];
            for (int n = 0; n < Warp.LANES; n++) {
                int from = (n >> 2) * k;
                int column = (2 * (n & 3) + s) * k;
                long sum = sums[n];
                for (int x = 0; x < k; x++) {
                    sum += (long) left[from + x] * right[column + x];
                }
                out[n] = saturates ? IntMath.saturate(sum) : (int) sum;
            }
        }
    }

    private void unpackBytes(int[] fragment, int[] matrix, int origin, boolean signed) {
        for (int n = 0; n < Warp.LANES; n++) {
            int at = origin + (n >> 2) * k + 4 * (n & 3);
            for (int e = 0; e < 4; e++) {
                int value = fragment[n] >>> (8 * e);
                matrix[at + e] = signed ? (byte) value : value & 0xFF;
            }
        }
    }

    private void doubles(Warp warp) {
        double[] left = warp.matrix.doubleA;
        double[] right = warp.matrix.doubleB;
        for (int n = 0; n < Warp.LANES; n++) {
            left[(n >> 2) * k + (n & 3)] = warp.d[a[0]][n];
            right[(n >> 2) * k + (n & 3)] = warp.d[b[0]][n];
        }
        for (int s = 0; s < 2; s++) {
            double[] sums = warp.d[c[s]];
            double[] out = warp.d[d[s]];
            for (int n = 0; n < Warp.LANES; n++) {
                double sum = sums[n];
                for (int x = 0; x < k; x++) {
                    sum = Math.fma(left[(n >> 2) * k + x], right[(2 * (n & 3) + s) * k + x], sum);
                }
                out[n] = sum;
            }
        }
    }
}
