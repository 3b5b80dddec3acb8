package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Cache and attention of every backend: rounding exact, attention near the definition and the same bits in any batch. */
class AttendContractTest {
    private static final Subject DEFINITION = Subject.reference(Activations.F32);
    private static final List<Subject> ALL = new ArrayList<>();

    @BeforeAll
    static void open() {
        ALL.addAll(Subject.cpus(Activations.F32));
        ALL.add(DEFINITION);
    }

    @AfterAll
    static void close() {
        Subject.close(ALL);
        ALL.clear();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "F32", "Q8_0"})
    void appendsTheBitsOfTheDefinitionWhereThePageTableSays(DType type) {
        Sequences sequences = Sequences.mixed();
        float[] k = Numbers.awkward(1, sequences.rows(), 3 * 80);
        float[] v = Numbers.awkward(2, sequences.rows(), 3 * 80);
        // What float16 can not hold: too large, too small, half-way between two, not a number.
        float[] hard = {70_000f, -65_520f, 65_519f, 1e-8f, 0x1.002p0f, 0x1.006p0f, Float.NaN, Float.NEGATIVE_INFINITY};
        System.arraycopy(hard, 0, k, 100, hard.length);
        System.arraycopy(hard, 0, v, 700, hard.length);
        // What 8 bits can not hold: a scale that is infinite as f16, one whose inverse is infinite, a group of zeros.
        float[] scales = {9e6f, 8.3e6f, 1e-38f, Float.MIN_VALUE, 127f, 63.5f, -0.5f, 0f};
        System.arraycopy(scales, 0, k, 500, scales.length);
        Arrays.fill(v, 80, 160, 1e-38f);
        Arrays.fill(v, 160, 240, 0f);
        try (Arena arena = Arena.ofShared()) {
            KvLayer expected = appended(DEFINITION.backend(), arena, type, sequences, 3, 80, k, v);
            for (Subject subject : ALL) {
                KvLayer actual = appended(subject.backend(), arena, type, sequences, 3, 80, k, v);
                assertFalse(expected.keys().mismatch(actual.keys()) >= 0, () -> subject + " keys");
                assertFalse(expected.values().mismatch(actual.values()) >= 0, () -> subject + " values");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "F32", "Q8_0"})
    void copiesAPageBitForBitAndNoOther(DType type) {
        Sequences sequences = Sequences.mixed();
        float[] k = Numbers.awkward(1, sequences.rows(), 3 * 40);
        float[] v = Numbers.awkward(2, sequences.rows(), 3 * 40);
        try (Arena arena = Arena.ofShared()) {
            for (Subject subject : ALL) {
                KvLayer before = appended(subject.backend(), arena, type, sequences, 3, 40, k, v);
                KvLayer after = appended(subject.backend(), arena, type, sequences, 3, 40, k, v);
                subject.backend().copyPage(after, 2, 11);
                for (int page = 0; page < Sequences.PAGES; page++) {
                    int from = page == 11 ? 2 : page;
                    assertFalse(page(before.keys(), after, from).mismatch(page(after.keys(), after, page)) >= 0);
                    assertFalse(page(before.values(), after, from).mismatch(page(after.values(), after, page)) >= 0);
                }
            }
        }
    }

    private static MemorySegment page(MemorySegment storage, KvLayer layer, int page) {
        return storage.asSlice(page * layer.pageByteSize(), layer.pageByteSize());
    }

    @ParameterizedTest(name = "{0} heads on {1} of {2}, {3}")
    @CsvSource({
        "1, 1, 64, F16",
        "2, 1, 80, F16",
        "3, 3, 96, F16",
        "4, 2, 128, F32",
        "5, 1, 64, F32",
        "6, 2, 33, F16",
        "7, 7, 2, F16",
        "8, 2, 64, F16",
        "9, 3, 64, F16",
        "9, 1, 7, F32",
        "6, 2, 33, Q8_0",
        "7, 7, 2, Q8_0",
        "9, 3, 64, Q8_0",
        "3, 1, 80, Q8_0",
    })
    void isNearTheDefinition(int heads, int kvHeads, int headDim, DType type) {
        Sequences sequences = Sequences.mixed();
        int rows = sequences.rows();
        float[] k = Numbers.awkward(3, rows, kvHeads * headDim);
        float[] v = Numbers.awkward(4, rows, kvHeads * headDim);
        float[] q = Numbers.awkward(5, rows, heads * headDim);
        float scale = (float) (1 / Math.sqrt(headDim));
        try (Arena arena = Arena.ofShared()) {
            float[] expected = attended(DEFINITION.backend(), arena, type, sequences, kvHeads, headDim, q, k, v, scale);
            float[] mostOfKeys = type == DType.Q8_0 ? mostOfGroups(k, headDim) : k;
            float[] mostOfValues = type == DType.Q8_0 ? mostOfGroups(v, headDim) : v;
            double[] bounds = bounds(sequences, heads, kvHeads, headDim, q, mostOfKeys, mostOfValues, scale);
            for (Subject subject : ALL) {
                float[] actual = attended(subject.backend(), arena, type, sequences, kvHeads, headDim, q, k, v, scale);
                Tolerance.assertWithin(bounds, expected, actual, heads * headDim, subject::toString);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "F32", "Q8_0"})
    void givesARowTheSameBitsAloneAndInAnyBatch(DType type) {
        int headDim = 80;
        Sequences sequences = Sequences.mixed();
        int rows = sequences.rows();
        float[] k = Numbers.awkward(6, rows, 2 * headDim);
        float[] v = Numbers.awkward(7, rows, 2 * headDim);
        float[] q = Numbers.awkward(8, rows, 6 * headDim);
        for (Subject subject : ALL) {
            try (Arena arena = Arena.ofShared()) {
                Backend backend = subject.backend();
                KvLayer layer = appended(backend, arena, type, sequences, 2, headDim, k, v);
                float[] together = attend(backend, arena, sequences.batch(arena, 0, rows), layer, q, 0, 6, 0.1f);
                for (int part : new int[] {1, 3, 17, 64}) {
                    for (int begin = 0; begin + part <= rows; begin += part * 2 + 5) {
                        Batch batch = sequences.batch(arena, begin, part);
                        float[] alone = attend(backend, arena, batch, layer, q, begin, 6, 0.1f);
                        for (int r = 0; r < part; r++) {
                            String what = subject + " row " + (begin + r) + " in a batch of " + part;
                            Tolerance.assertSameBits(
                                    Numbers.row(together, begin + r, 6 * headDim),
                                    Numbers.row(alone, r, 6 * headDim),
                                    headDim,
                                    () -> what);
                        }
                    }
                }
            }
        }
    }

    @Test
    void givesTheSameBitsForAnyNumberOfThreads() {
        Sequences sequences = Sequences.mixed();
        int rows = sequences.rows();
        float[] k = Numbers.awkward(9, rows, 3 * 64);
        float[] v = Numbers.awkward(10, rows, 3 * 64);
        float[] q = Numbers.awkward(11, rows, 9 * 64);
        try (Arena arena = Arena.ofShared()) {
            for (String tier : List.of("asm", "vector", "scalar")) {
                List<Subject> subjects =
                        ALL.stream().filter(s -> s.tier().equals(tier)).toList();
                if (subjects.isEmpty()) {
                    continue; // no machine code here
                }
                float[] first =
                        attended(subjects.getFirst().backend(), arena, DType.F16, sequences, 3, 64, q, k, v, 0.125f);
                for (Subject subject : subjects) {
                    float[] actual = attended(subject.backend(), arena, DType.F16, sequences, 3, 64, q, k, v, 0.125f);
                    Tolerance.assertSameBits(first, actual, 9 * 64, subject::toString);
                }
            }
        }
    }

    @Test
    void keepsAQueryThatIsNotFiniteInItsHead() {
        Sequences sequences = Sequences.mixed();
        int rows = sequences.rows();
        float[] k = Numbers.plain(12, rows * 64);
        float[] v = Numbers.plain(13, rows * 64);
        float[] q = Numbers.plain(14, rows * 192);
        float[] dirty = q.clone();
        dirty[5 * 192 + 64 + 7] = Float.NaN;
        try (Arena arena = Arena.ofShared()) {
            for (Subject subject : ALL) {
                float[] expected = attended(subject.backend(), arena, DType.F16, sequences, 1, 64, q, k, v, 0.125f);
                float[] actual = attended(subject.backend(), arena, DType.F16, sequences, 1, 64, dirty, k, v, 0.125f);
                for (int d = 0; d < 64; d++) {
                    expected[5 * 192 + 64 + d] = Float.NaN;
                }
                Tolerance.assertSameBits(expected, actual, 192, subject::toString);
            }
        }
    }

    // ---- derivation

    /**
     * A score is a sum of {@code headDim} products times the scale: wrong by {@code e = gamma(headDim + 2) * scale * sum |q|
     * |k|}. The softmax subtracts the greatest score (one rounding of a difference of at most twice the greatest |score|)
     * and takes an exponential, so that a weight is wrong by the factor {@code exp(2 e + rounding) (1 + EXP)}, and the sum
     * of weights by the same: twice {@code eta}. The sum of weights, the division and the sum of values round {@code
     * positions} times each at most. Weights are at most 1 together, so all this is relative to the greatest |value|; what
     * an exponential returns for less than {@code e^-87} is at most that.
     */
    private static double[] bounds(
            Sequences sequences, int heads, int kvHeads, int headDim, float[] q, float[] k, float[] v, float scale) {
        double[] bounds = new double[sequences.rows() * heads * headDim];
        for (int row = 0; row < sequences.rows(); row++) {
            List<Integer> context = sequences.context(row);
            for (int h = 0; h < heads; h++) {
                int kvHead = h / (heads / kvHeads);
                double most = 0;
                double[] values = new double[headDim];
                for (int t : context) {
                    double score = 0;
                    for (int d = 0; d < headDim; d++) {
                        int at = (t * kvHeads + kvHead) * headDim + d;
                        score += Math.abs((double) q[(row * heads + h) * headDim + d] * k[at]);
                        values[d] = Math.max(values[d], Math.abs(v[at]));
                    }
                    most = Math.max(most, score * scale);
                }
                int positions = context.size();
                double exponent = 2 * Tolerance.gamma(headDim + 2) * most + 4 * Tolerance.ROUNDOFF * most;
                double eta = Math.expm1(exponent) + 2 * Tolerance.EXP;
                // Two averages of the same values are never farther apart than this.
                double relative = Math.min(2, 2 * eta + Tolerance.gamma(2 * positions + 6));
                for (int d = 0; d < headDim; d++) {
                    bounds[(row * heads + h) * headDim + d] =
                            values[d] * 1.001 * (relative + 2 * positions * Tolerance.LEAST_EXP)
                                    + positions * Tolerance.LEAST;
                }
            }
        }
        return bounds;
    }

    /** No element of a group is read back larger than the largest of it, but for the scale's rounding. */
    private static float[] mostOfGroups(float[] x, int headDim) {
        float[] most = new float[x.length];
        for (int head = 0; head < x.length; head += headDim) {
            for (int begin = head; begin < head + headDim; begin += WeightGroup.SIZE) {
                int end = Math.min(begin + WeightGroup.SIZE, head + headDim);
                float largest = 0;
                for (int i = begin; i < end; i++) {
                    largest = Math.max(largest, Math.abs(x[i]));
                }
                Arrays.fill(most, begin, end, largest * 1.001f);
            }
        }
        return most;
    }

    // ---- running

    private static KvLayer appended(
            Backend backend,
            Arena arena,
            DType type,
            Sequences sequences,
            int kvHeads,
            int headDim,
            float[] k,
            float[] v) {
        KvLayer layer = backend.kvLayer(arena, type, Sequences.PAGES, kvHeads, headDim);
        int rows = sequences.rows();
        Tensor keys = Numbers.tensor(backend, arena, k, rows, kvHeads * headDim);
        Tensor values = Numbers.tensor(backend, arena, v, rows, kvHeads * headDim);
        backend.append(keys, values, sequences.batch(arena, 0, rows), layer);
        return layer;
    }

    private static float[] attended(
            Backend backend,
            Arena arena,
            DType type,
            Sequences sequences,
            int kvHeads,
            int headDim,
            float[] q,
            float[] k,
            float[] v,
            float scale) {
        KvLayer layer = appended(backend, arena, type, sequences, kvHeads, headDim, k, v);
        Batch batch = sequences.batch(arena, 0, sequences.rows());
        int heads = q.length / (sequences.rows() * headDim);
        return attend(backend, arena, batch, layer, q, 0, heads, scale);
    }

    private static float[] attend(
            Backend backend, Arena arena, Batch batch, KvLayer layer, float[] q, int begin, int heads, float scale) {
        int width = heads * layer.headDim();
        float[] mine = new float[batch.rows() * width];
        System.arraycopy(q, begin * width, mine, 0, mine.length);
        Tensor query = Numbers.tensor(backend, arena, mine, batch.rows(), width);
        Tensor out = backend.allocate(arena, DType.F32, batch.rows(), width);
        backend.attend(query, batch, layer, scale, out);
        return Numbers.of(backend, out);
    }
}
