package dev.gatun.ptx.corpus;

import dev.gatun.ptx.Dim3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Reductions and scans. */
final class ReductionCases {
    private static final double UNIT = 0x1p-24; // half an ulp of 1

    private ReductionCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 33, 207, 3001}) {
            cases.add(shuffle(n));
            cases.add(shared(n));
            cases.add(scan(n));
        }
        return cases;
    }

    private static KernelCase shuffle(int n) {
        int blocks = 3;
        int threads = 96;
        float[] x = new float[n];
        double[] sums = new double[blocks];
        double[] tolerance = new double[blocks];
        Random random = new Random(n);
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
            sums[i / threads % blocks] += x[i];
            tolerance[i / threads % blocks] += n * UNIT * Math.abs(x[i]); // n additions at most
        }
        return new KernelCase("reduce_shuffle", "n=" + n, Dim3.of(blocks), Dim3.of(threads))
                .input(x)
                .output(sums, tolerance)
                .scalar(n);
    }

    private static KernelCase shared(int n) {
        int blocks = 3;
        int threads = 64;
        int[] x = new Random(n).ints(n).toArray();
        int[] extremes = new int[2 * blocks];
        for (int block = 0; block < blocks; block++) {
            extremes[2 * block] = Integer.MAX_VALUE;
            extremes[2 * block + 1] = Integer.MIN_VALUE;
        }
        for (int i = 0; i < n; i++) {
            int at = 2 * (i / threads % blocks);
            extremes[at] = Math.min(extremes[at], x[i]);
            extremes[at + 1] = Math.max(extremes[at + 1], x[i]);
        }
        return new KernelCase("reduce_shared", "n=" + n, Dim3.of(blocks), Dim3.of(threads), 8 * threads)
                .input(x)
                .output(extremes)
                .scalar(n);
    }

    private static KernelCase scan(int n) {
        int threads = 128;
        int[] x = new Random(n).ints(n).toArray();
        int[] sums = new int[n];
        for (int i = 0; i < n; i++) {
            sums[i] = x[i] + (i % threads == 0 ? 0 : sums[i - 1]);
        }
        return new KernelCase("scan", "n=" + n, Dim3.of((n + threads - 1) / threads), Dim3.of(threads))
                .input(x)
                .output(sums)
                .scalar(n);
    }
}
