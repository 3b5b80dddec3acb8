package dev.gatun.ptx.corpus;

import dev.gatun.ptx.Dim3;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Constant and local memory, and functions that are called. */
final class MemoryCases {
    private MemoryCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 65, 207}) {
            cases.add(stencil(n));
            cases.add(calls(n));
            cases.add(sortedRows(n, 1 + n % 32));
        }
        return cases;
    }

    private static KernelCase stencil(int n) {
        int[] weights = {1, -6, 15, -20, 15, -6, 1};
        int[] x = new Random(n).ints(n).toArray();
        int[] y = new int[n];
        for (int i = 0; i < n; i++) {
            for (int d = Math.max(0, 3 - i); d < Math.min(7, n + 3 - i); d++) {
                y[i] += weights[d] * x[i + d - 3];
            }
        }
        return new KernelCase("stencil", "n=" + n, Dim3.of((n + 63) / 64), Dim3.of(64))
                .input(x)
                .output(y)
                .scalar(n);
    }

    private static KernelCase calls(int n) {
        int[] x = new Random(n).ints(n, 1, 10_000).toArray();
        int[] y = new int[n];
        for (int i = 0; i < n; i++) {
            for (long v = x[i]; v > 1; v = v % 2 == 0 ? v / 2 : 3 * v + 1) {
                y[i]++;
            }
            y[i] += BigInteger.valueOf(x[i]).gcd(BigInteger.valueOf(i + 1)).intValue();
        }
        return new KernelCase("calls", "n=" + n, Dim3.of((n + 63) / 64), Dim3.of(64))
                .input(x)
                .output(y)
                .scalar(n);
    }

    private static KernelCase sortedRows(int rows, int n) {
        int[] x = new Random(rows).ints((long) rows * n).toArray();
        int[] y = x.clone();
        for (int row = 0; row < rows; row++) {
            Arrays.sort(y, row * n, (row + 1) * n);
        }
        return new KernelCase("local_array", rows + "x" + n, Dim3.of((rows + 63) / 64), Dim3.of(64))
                .input(x)
                .output(y)
                .scalar(rows)
                .scalar(n);
    }
}
