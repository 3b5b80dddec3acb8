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
        for (int row = 0; row < 16; row++) {
            int half = row >> 3;
            int lane = 4 * (row & 7);
            if (halfSums) {
                loadHalves(sums, warp.i[c[half]], lane);
                addProducts(sums, left, row * k, right, k);
                storeHalves(sums, warp.i[d[half]], lane);
            } else {
                float[] even = warp.f[c[2 * half]];
                float[] odd = warp.f[c[2 * half + 1]];
                for (int t = 0; t < 4; t++) {
                    sums[2 * t] = even[lane + t];
                    sums[2 * t + 1] = odd[lane + t];
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
        double[] sums = warp.matrix.pairedSums;
        for (int row = 0; row < 8; row++) {
            addPairedProducts(sums, left, row * k, right, k);
            for (int column = 0; column < COLUMNS; column++) {
                long both = (long) sums[column];
                int low = (int) (both << 38 >> 38);
                int high = (int) ((both - low) >> 26);
                int lane = 4 * row + (column >> 1);
                int register = column & 1;
                warp.i[d[register]][lane] = finish(warp.i[c[register]][lane], low);
                warp.i[d[register + 2]][lane] = finish(warp.i[c[register + 2]][lane], high);
            }
        }
    }

    private int finish(int addend, int products) {
        return saturates ? IntMath.saturate((long) addend + products) : addend + products;
    }

    private void pairRows(int[] low, int[] high, double[] matrix, int origin, boolean signed) {
        for (int n = 0; n < Warp.LANES; n++) {
            int at = origin + (n >> 2) * k + 4 * (n & 3);
            int x = low[n];
            int y = high[n];
            for (int e = 0; e < 4; e++) {
                matrix[at + e] = signed ? (byte) x + ((long) (byte) y << 26) : (x & 0xFF) + ((y & 0xFFL) << 26);
                x >>>= 8;
                y >>>= 8;
            }
        }
    }

    private static void spreadBytes(int[] fragment, double[] matrix, int origin, boolean signed) {
        for (int n = 0; n < Warp.LANES; n++) {
            int at = origin + 4 * (n & 3) * COLUMNS + (n >> 2);
            int x = fragment[n];
            for (int e = 0; e < 4; e++) {
                matrix[at + e * COLUMNS] = signed ? (byte) x : x & 0xFF;
                x >>>= 8;
            }
        }
    }

    private static void addPairedProducts(double[] sums, double[] left, int from, double[] right, int k) {
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
        sums[0] = s0;
        sums[1] = s1;
        sums[2] = s2;
        sums[3] = s3;
        sums[4] = s4;
        sums[5] = s5;
        sums[6] = s6;
        sums[7] = s7;
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
