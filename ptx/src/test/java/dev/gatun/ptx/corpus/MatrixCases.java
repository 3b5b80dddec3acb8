package dev.gatun.ptx.corpus;

import dev.gatun.ptx.Dim3;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Matrix products of small integers, whose floating-point sums are exact in any order. */
final class MatrixCases {
    private MatrixCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int[] size : new int[][] {{1, 1, 1}, {7, 31, 33}, {33, 17, 65}}) {
            cases.add(gemm("gemm_plain", size[0], size[1], size[2]));
            cases.add(gemm("gemm_tiled", size[0], size[1], size[2]));
        }
        cases.add(mma(16, 8, 16));
        cases.add(mma(48, 24, 80));
        cases.add(async(16, 16, 16));
        cases.add(async(32, 48, 80));
        cases.add(halfPairs(1, 1));
        cases.add(halfPairs(7, 207));
        return cases;
    }

    private static float[] integers(int count, int seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(33) - 16;
        }
        return values;
    }

    private static KernelCase gemm(String kernel, int m, int n, int k) {
        float[] a = integers(m * k, 1);
        float[] b = integers(k * n, 2);
        Dim3 grid = Dim3.of((n + 15) / 16, (m + 15) / 16);
        return new KernelCase(kernel, m + "x" + n + "x" + k, grid, Dim3.of(16, 16))
                .input(a)
                .input(b)
                .output(product(a, b, m, n, k, n, 1), new double[m * n])
                .scalar(m)
                .scalar(n)
                .scalar(k);
    }

    private static KernelCase mma(int m, int n, int k) {
        float[] a = integers(m * k, 3);
        float[] b = integers(k * n, 4);
        return new KernelCase("gemm_mma", m + "x" + n + "x" + k, Dim3.of(n / 8, m / 16), Dim3.of(32))
                .input(halves(a))
                .input(halves(b))
                .output(product(a, b, m, n, k, 1, k), new double[m * n])
                .scalar(n)
                .scalar(k);
    }

    private static KernelCase async(int m, int n, int k) {
        float[] a = integers(m * k, 5);
        float[] b = integers(k * n, 6);
        return new KernelCase("gemm_async", m + "x" + n + "x" + k, Dim3.of(n / 16, m / 16), Dim3.of(64))
                .input(a)
                .input(b)
                .output(product(a, b, m, n, k, n, 1), new double[m * n])
                .scalar(n)
                .scalar(k);
    }

    /** Sums of a lane stay below 2048, so halves hold them exactly. */
    private static KernelCase halfPairs(int rows, int pairs) {
        float[] w = integers(rows * 2 * pairs, 7);
        float[] x = integers(2 * pairs, 8);
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.round(x[i] / 4);
        }
        return new KernelCase("gemv_half2", rows + "x" + 2 * pairs, Dim3.of(rows), Dim3.of(32))
                .input(halves(w))
                .input(halves(x))
                .output(product(w, x, rows, 1, 2 * pairs, 1, 1), new double[rows])
                .scalar(pairs);
    }

    /** a b in double, where element [i][column] of b is at {@code i * down + column * across}. */
    private static double[] product(float[] a, float[] b, int m, int n, int k, int down, int across) {
        double[] c = new double[m * n];
        for (int e = 0; e < c.length; e++) {
            for (int i = 0; i < k; i++) {
                c[e] += (double) a[e / n * k + i] * b[i * down + e % n * across];
            }
        }
        return c;
    }

    private static MemorySegment halves(float[] values) {
        short[] halves = new short[values.length];
        for (int i = 0; i < values.length; i++) {
            halves[i] = Float.floatToFloat16(values[i]);
        }
        return MemorySegment.ofArray(halves);
    }
}
