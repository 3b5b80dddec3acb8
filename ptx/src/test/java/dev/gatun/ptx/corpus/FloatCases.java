package dev.gatun.ptx.corpus;

import dev.gatun.ptx.Dim3;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Floating-point kernels whose results are exact or correctly rounded. */
final class FloatCases {
    private FloatCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 33, 207}) {
            cases.add(atomics(n));
            cases.add(narrow(n));
            cases.add(doubles(n));
        }
        cases.add(laplacian(1, 1));
        cases.add(laplacian(31, 65));
        return cases;
    }

    private static float[] integers(int count, int seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(2001) - 1000;
        }
        return values;
    }

    /** Sums of integers, so that the order of the additions does not show. */
    private static KernelCase atomics(int n) {
        int[] keys = new Random(n).ints(n, 0, 5).toArray();
        float[] x = integers(n, n);
        float[] totals = {1, 2, 3, 4, 5};
        int[] start = bits(totals);
        for (int i = 0; i < n; i++) {
            totals[keys[i]] += x[i];
        }
        return new KernelCase("float_atomics", "n=" + n, Dim3.of(2), Dim3.of(64))
                .input(keys)
                .input(x)
                .inOut(start, bits(totals))
                .scalar(n);
    }

    private static int[] bits(float[] values) {
        return MemorySegment.ofArray(values).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    private static KernelCase laplacian(int rows, int columns) {
        float[] x = integers(rows * columns, rows);
        double[] y = new double[rows * columns];
        for (int i = 0; i < y.length; i++) {
            y[i] = -4 * x[i];
            y[i] += i >= columns ? x[i - columns] : 0;
            y[i] += i + columns < x.length ? x[i + columns] : 0;
            y[i] += i % columns > 0 ? x[i - 1] : 0;
            y[i] += i % columns < columns - 1 ? x[i + 1] : 0;
        }
        Dim3 grid = Dim3.of((columns + 31) / 32, (rows + 3) / 4);
        return new KernelCase("stencil_2d", rows + "x" + columns, grid, Dim3.of(32, 4))
                .input(x)
                .output(y, new double[y.length])
                .scalar(rows)
                .scalar(columns);
    }

    /** Values of every magnitude that a half has, its subnormals and overflow included. */
    private static KernelCase narrow(int n) {
        Random random = new Random(n);
        float[] x = new float[n];
        float[] halves = new float[n];
        float[] brains = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(44) - 26));
            halves[i] = Float.float16ToFloat(Float.floatToFloat16(x[i]));
            float grid = Math.scalb(1f, Math.getExponent(x[i]) - 7); // eight significant bits
            brains[i] = (float) Math.rint(x[i] / grid) * grid;
        }
        return new KernelCase("narrow_floats", "n=" + n, Dim3.of((n + 63) / 64), Dim3.of(64))
                .input(x)
                .output(bits(halves))
                .output(bits(brains))
                .scalar(n);
    }

    private static KernelCase doubles(int n) {
        Random random = new Random(n);
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextGaussian();
        }
        double[] y = new double[4 * n];
        for (int i = 0; i < n; i++) {
            double a = x[i];
            double b = x[n - 1 - i];
            y[4 * i] = a / b;
            y[4 * i + 1] = Math.sqrt(Math.abs(a));
            y[4 * i + 2] = new BigDecimal(a)
                    .multiply(new BigDecimal(b))
                    .subtract(new BigDecimal(a))
                    .doubleValue();
            double root = 1;
            for (int step = 0; step < 3; step++) {
                root = 0.5 * (root + Math.abs(a) / root);
            }
            y[4 * i + 3] = root;
        }
        return new KernelCase("doubles", "n=" + n, Dim3.of((n + 63) / 64), Dim3.of(64))
                .input(MemorySegment.ofArray(x))
                .output(MemorySegment.ofArray(y).toArray(ValueLayout.JAVA_INT_UNALIGNED))
                .scalar(n);
    }
}
