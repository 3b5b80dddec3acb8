package dev.gatun.ptx.corpus;

import dev.gatun.ptx.Dim3;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Integer kernels: atomics, sorting, bits, divergent control flow, 64-bit arithmetic. All exact. */
final class IntegerCases {
    private IntegerCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 33, 207}) {
            cases.add(histogram(17 * n));
            cases.add(bits(n));
            cases.add(dot(n, 7));
            cases.add(compact(n));
            cases.add(codes(n));
            cases.add(longs(n));
        }
        cases.add(sort(1));
        cases.add(sort(128));
        cases.add(transpose(1, 1));
        cases.add(transpose(33, 65));
        return cases;
    }

    private static int[] random(int n) {
        return new Random(n).ints(n).toArray();
    }

    private static Dim3 blocks(int n, int threads) {
        return Dim3.of((n + threads - 1) / threads);
    }

    private static KernelCase histogram(int n) {
        byte[] x = new byte[n];
        new Random(n).nextBytes(x);
        int[] start = new int[256];
        Arrays.setAll(start, bin -> 1000 * bin);
        int[] bins = start.clone();
        for (byte value : x) {
            bins[value & 0xFF]++;
        }
        return new KernelCase("histogram", "n=" + n, Dim3.of(3), Dim3.of(96))
                .input(MemorySegment.ofArray(x))
                .inOut(start, bins)
                .scalar(n);
    }

    private static KernelCase sort(int threads) {
        int[] x = random(6 * threads);
        int[] sorted = x.clone();
        for (int block = 0; block < 3; block++) {
            Arrays.sort(sorted, 2 * threads * block, 2 * threads * (block + 1));
        }
        return new KernelCase("bitonic_sort", "threads=" + threads, Dim3.of(3), Dim3.of(threads), 8 * threads)
                .inOut(x, sorted);
    }

    private static KernelCase transpose(int m, int n) {
        int[] x = random(m * n);
        int[] y = new int[m * n];
        for (int i = 0; i < x.length; i++) {
            y[i % n * m + i / n] = x[i];
        }
        Dim3 grid = Dim3.of((n + 31) / 32, (m + 31) / 32);
        return new KernelCase("transpose", m + "x" + n, grid, Dim3.of(32, 8))
                .input(x)
                .output(y)
                .scalar(m)
                .scalar(n);
    }

    private static KernelCase bits(int n) {
        int[] x = random(n);
        x[0] = 0;
        int[] y = new int[8 * n];
        for (int i = 0; i < n; i++) {
            int a = x[i];
            int b = x[(i + 1) % n];
            long pair = ((long) b << 32) | (a & 0xFFFFFFFFL);
            int at = 8 * i;
            y[at] = Integer.bitCount(a);
            y[at + 1] = Integer.numberOfLeadingZeros(a);
            y[at + 2] = Integer.reverse(a);
            y[at + 3] = a == 0 ? 0 : Integer.numberOfTrailingZeros(a) + 1;
            y[at + 4] = (int) ((pair << (b & 31)) >>> 32);
            y[at + 5] = (int) (pair >>> Math.min(a & 63, 32));
            for (int digit = 0; digit < 4; digit++) {
                int from = (0x7214 >> (4 * digit)) & 7;
                y[at + 6] |= (int) ((pair >>> (8 * from)) & 0xFF) << (8 * digit);
            }
            y[at + 7] = (int) (((a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL)) >>> 32);
        }
        return new KernelCase("bit_tricks", "n=" + n, blocks(n, 64), Dim3.of(64))
                .input(x)
                .output(y)
                .scalar(n);
    }

    private static KernelCase dot(int rows, int n) {
        int[] w = random(rows * n);
        int[] x = random(n);
        int[] y = new int[rows];
        for (int i = 0; i < w.length; i++) {
            for (int shift = 0; shift < 32; shift += 8) {
                y[i / n] += (byte) (w[i] >> shift) * (byte) (x[i % n] >> shift);
            }
        }
        return new KernelCase("dot_int8", "rows=" + rows, blocks(rows, 64), Dim3.of(64))
                .input(w)
                .input(x)
                .output(y)
                .scalar(rows)
                .scalar(n);
    }

    private static KernelCase compact(int n) {
        int[] x = random(n);
        Dim3 grid = blocks(n, 64);
        int[] y = new int[n];
        Arrays.fill(y, -1);
        int[] kept = new int[2 * grid.x()];
        for (int i = 0; i < n; i++) {
            if (x[i] > 0) {
                y[i / 32 * 32 + kept[i / 32]++] = x[i];
            }
        }
        return new KernelCase("compact", "n=" + n, grid, Dim3.of(64))
                .input(x)
                .output(y)
                .output(kept)
                .scalar(n);
    }

    private static KernelCase codes(int n) {
        int[] x = random(n);
        int[] codes = new Random(5).ints(n, -1, 9).toArray();
        int[] y = new int[2 * n];
        Arrays.fill(y, -1);
        for (int i = 0; i < n; i++) {
            int a = x[i];
            int b = x[n - 1 - i];
            y[i] = switch (codes[i]) {
                case 0 -> a + b;
                case 1 -> polynomial(a, b & 7);
                case 2 -> a * b;
                case 3 -> b == 0 ? 0 : a / b;
                case 4 -> b == 0 ? 0 : a % b;
                case 5 -> a & ~b;
                case 6 -> a << (b & 31);
                case 7 -> Math.min(a, b) - Math.max(a, -b);
                default -> -1;
            };
            if (codes[i] == 2 || codes[i] == 5) {
                y[n + i] = codes[i] == 2 ? a : b;
            }
        }
        return new KernelCase("switch_code", "n=" + n, blocks(n, 64), Dim3.of(64))
                .input(codes)
                .input(x)
                .output(y)
                .scalar(n);
    }

    private static int polynomial(int a, int terms) {
        int r = 0;
        for (int j = 0; j < terms; j++) {
            r = r * 31 + (a ^ j);
        }
        return r;
    }

    private static KernelCase longs(int n) {
        long[] x = new Random(n).longs(n).toArray();
        long[] y = new long[5 * n];
        for (int i = 0; i < n; i++) {
            long a = x[i];
            long b = x[n - 1 - i] | 1;
            y[5 * i] = a / b;
            y[5 * i + 1] = a % b;
            y[5 * i + 2] = Math.multiplyHigh(a, b);
            long h = (a ^ (a >>> 30)) * 0xBF58476D1CE4E5B9L;
            y[5 * i + 3] = h ^ (h >>> 27) ^ (h << 11);
            y[5 * i + 4] = java.math.BigInteger.valueOf(a).pow((int) (b & 31)).longValue();
        }
        return new KernelCase("long_arithmetic", "n=" + n, blocks(n, 64), Dim3.of(64))
                .input(MemorySegment.ofArray(x))
                .output(MemorySegment.ofArray(y).toArray(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED))
                .scalar(n);
    }
}
