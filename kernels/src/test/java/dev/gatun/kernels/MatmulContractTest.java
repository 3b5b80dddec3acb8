package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrix products of every backend: near the definition, and the same bits alone, in a batch, on any tier and width. */
class MatmulContractTest {
    private static final float[] NO_BIAS = {};

    /** {tokens, columns, rows}; columns of quantised types are whole groups. */
    private static final int[][] QUANTISED_SHAPES = {
        {1, 32, 1},
        {1, 96, 207},
        {2, 224, 65},
        {5, 32, 63},
        {6, 64, 31},
        {7, 64, 33},
        {13, 480, 7},
        {31, 32, 96},
        {32, 96, 32},
        {33, 96, 65},
        {65, 32, 63},
        {207, 64, 1},
    };

    private static final int[][] FLOAT_SHAPES = {
        {1, 1, 1},
        {1, 207, 207},
        {2, 7, 65},
        {5, 31, 63},
        {6, 33, 31},
        {7, 65, 33},
        {13, 480, 7},
        {31, 32, 96},
        {32, 96, 32},
        {33, 63, 65},
        {65, 31, 1},
        {207, 7, 1},
    };

    private static final List<Subject> DEFINITIONS = new ArrayList<>();
    private static final List<Subject> CPUS = new ArrayList<>();

    @BeforeAll
    static void open() {
        for (Activations activations : List.of(Activations.F32, Activations.INT8)) {
            DEFINITIONS.add(Subject.reference(activations));
            CPUS.addAll(Subject.cpus(activations));
        }
    }

    @AfterAll
    static void close() {
        Subject.close(CPUS);
        CPUS.clear();
        DEFINITIONS.clear();
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void isNearTheDefinitionAndTheSameBitsOnEveryTierAndNumberOfThreads(DType type) {
        int seed = 0;
        for (int[] shape : type.isQuantised() ? QUANTISED_SHAPES : FLOAT_SHAPES) {
            int tokens = shape[0];
            StoredWeights weights = StoredWeights.random(type, shape[2], shape[1], seed++);
            float[] x = Numbers.awkward(seed, tokens, shape[1]);
            float[] bias = seed % 2 == 0 ? NO_BIAS : Numbers.plain(seed, shape[2]);
            for (Subject definition : DEFINITIONS) {
                boolean int8 = definition.activations() == Activations.INT8 && type.isQuantised();
                float[] expected = product(definition.backend(), x, tokens, weights, bias);
                double[] bounds = Tolerance.matmul(x, tokens, weights, bias, int8);
                float @Nullable [] first = null;
                for (Subject cpu : alike(definition)) {
                    float[] actual = product(cpu.backend(), x, tokens, weights, bias);
                    String what = cpu + " " + weights.type() + " " + List.of(tokens, shape[1], shape[2]);
                    Tolerance.assertWithin(bounds, expected, actual, shape[2], () -> what);
                    first = first == null ? actual : first;
                    Tolerance.assertSameBits(first, actual, shape[2], () -> what + " against the first tier");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void givesARowTheSameBitsAloneAndInAnyBatch(DType type) {
        int tokens = 37;
        int columns = 96;
        int rows = 70;
        StoredWeights weights = StoredWeights.random(type, rows, columns, 5);
        float[] x = Numbers.awkward(6, tokens, columns);
        float[] bias = Numbers.plain(7, rows);
        List<Subject> all = new ArrayList<>(CPUS);
        all.addAll(DEFINITIONS);
        for (Subject subject : all) {
            try (Arena arena = Arena.ofShared()) {
                Backend backend = subject.backend();
                Tensor matrix = weights.in(backend, arena);
                float[] together = product(backend, arena, x, tokens, matrix, bias);
                for (int batch : new int[] {1, 2, 5, 6, 7, 12}) {
                    for (int begin = 0; begin + batch <= tokens; begin += batch) {
                        float[] some = slice(x, begin * columns, batch * columns);
                        float[] part = product(backend, arena, some, batch, matrix, bias);
                        String what = subject + " " + type + " rows " + begin + "+" + batch;
                        Tolerance.assertSameBits(slice(together, begin * rows, batch * rows), part, rows, () -> what);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void keepsNonFiniteNumbersInTheirRow(DType type) {
        int columns = 64;
        int rows = 33;
        int tokens = 8;
        StoredWeights weights = StoredWeights.random(type, rows, columns, 8);
        float[] clean = Numbers.plain(9, tokens * columns);
        float[] dirty = clean.clone();
        dirty[columns + 3] = Float.NaN;
        dirty[4 * columns + 40] = Float.POSITIVE_INFINITY;
        dirty[7 * columns] = Float.NEGATIVE_INFINITY;
        List<Subject> all = new ArrayList<>(CPUS);
        all.addAll(DEFINITIONS);
        for (Subject subject : all) {
            float[] expected = product(subject.backend(), clean, tokens, weights, NO_BIAS);
            float[] actual = product(subject.backend(), dirty, tokens, weights, NO_BIAS);
            for (int row = 0; row < tokens; row++) {
                String what = subject + " " + type + " row " + row;
                float[] mine = slice(actual, row * rows, rows);
                if (row == 1 || row == 4 || row == 7) {
                    for (float value : mine) {
                        assertFalse(Float.isFinite(value), () -> what + ": " + value);
                    }
                    boolean int8 = subject.activations() == Activations.INT8 && type.isQuantised();
                    for (int n = 0; n < rows && (int8 || row == 1); n++) {
                        assertTrue(Float.isNaN(mine[n]), what);
                    }
                } else {
                    Tolerance.assertSameBits(slice(expected, row * rows, rows), mine, rows, () -> what);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void fusedOperationsGiveTheBitsOfTheirParts(DType type) {
        int width = 96;
        int hidden = 160;
        for (Subject subject : CPUS) {
            Backend backend = subject.backend();
            for (int tokens : new int[] {1, 7}) {
                try (Arena arena = Arena.ofShared()) {
                    Tensor x = Numbers.tensor(backend, arena, Numbers.plain(1, tokens * width), tokens, width);
                    Tensor gate = StoredWeights.random(type, hidden, width, 2).in(backend, arena);
                    Tensor up = StoredWeights.random(type, hidden, width, 3).in(backend, arena);
                    // Another type, so that a layer of mixed types is covered too.
                    Tensor down =
                            StoredWeights.random(DType.F16, width, hidden, 4).in(backend, arena);
                    Tensor bias = Numbers.tensor(backend, arena, Numbers.plain(5, hidden), 1, hidden);
                    Tensor[] parts = outs(backend, arena, tokens, hidden, width);
                    Tensor[] fused = outs(backend, arena, tokens, hidden, width);

                    backend.matmul(x, gate, bias, parts[0]);
                    backend.matmul(x, up, null, parts[1]);
                    backend.matmul(x, down(arena, backend, width), null, parts[2]);
                    backend.qkv(
                            x, gate, bias, up, null, down(arena, backend, width), null, fused[0], fused[1], fused[2]);
                    for (int i = 0; i < parts.length; i++) {
                        String what = subject + " " + type + " qkv " + i;
                        Tolerance.assertSameBits(
                                Numbers.of(backend, parts[i]), Numbers.of(backend, fused[i]), 1, () -> what);
                    }

                    backend.matmul(x, gate, null, parts[0]);
                    backend.matmul(x, up, null, parts[1]);
                    backend.swiGlu(parts[0], parts[1], parts[0]);
                    backend.matmul(parts[0], down, null, parts[2]);
                    backend.feedForward(x, gate, up, down, fused[0], fused[1], fused[2]);
                    Tolerance.assertSameBits(
                            Numbers.of(backend, parts[2]),
                            Numbers.of(backend, fused[2]),
                            width,
                            () -> subject + " " + type + " feedForward");
                }
            }
        }
    }

    private static Tensor down(Arena arena, Backend backend, int width) {
        return StoredWeights.random(DType.F16, width, width, 6).in(backend, arena);
    }

    private static Tensor[] outs(Backend backend, Arena arena, int tokens, int hidden, int width) {
        return new Tensor[] {
            backend.allocate(arena, DType.F32, tokens, hidden),
            backend.allocate(arena, DType.F32, tokens, hidden),
            backend.allocate(arena, DType.F32, tokens, width)
        };
    }

    private static List<Subject> alike(Subject definition) {
        return CPUS.stream()
                .filter(cpu -> cpu.activations() == definition.activations())
                .toList();
    }

    private static float[] product(Backend backend, float[] x, int tokens, StoredWeights weights, float[] bias) {
        try (Arena arena = Arena.ofShared()) {
            return product(backend, arena, x, tokens, weights.in(backend, arena), bias);
        }
    }

    private static float[] product(Backend backend, Arena arena, float[] x, int tokens, Tensor matrix, float[] bias) {
        Tensor input = Numbers.tensor(backend, arena, x, tokens, matrix.columns());
        Tensor added = bias.length == 0 ? null : Numbers.tensor(backend, arena, bias, 1, bias.length);
        Tensor out = backend.allocate(arena, DType.F32, tokens, matrix.rows());
        backend.matmul(input, matrix, added, out);
        return Numbers.of(backend, out);
    }

    private static float[] slice(float[] source, int from, int length) {
        float[] slice = new float[length];
        System.arraycopy(source, from, slice, 0, length);
        return slice;
    }
}
