package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The operations that treat each row for itself, on every backend. */
class RowContractTest {
    private static final int[] WIDTHS = {1, 7, 31, 32, 33, 63, 65, 96, 207};
    private static final int[] ROWS = {1, 7, 33, 65};

    private static final Subject DEFINITION = Subject.reference(Activations.F32);
    private static final List<Subject> ALL = new ArrayList<>();

    private interface Operation {
        /** Gives its result for {@code rows} rows of {@code x} and {@code y}. */
        float[] apply(Backend backend, Arena arena, float[] x, float[] y, int rows);
    }

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

    @Test
    void rmsNormIsNearTheDefinition() {
        for (int width : WIDTHS) {
            float[] weight = Numbers.awkward(width, 2, width); // a plain row and one with spikes
            for (float epsilon : new float[] {1e-5f, 1e-12f}) {
                Operation norm = (backend, arena, x, y, rows) -> {
                    Tensor in = Numbers.tensor(backend, arena, x, rows, width);
                    float[] second = Numbers.row(weight, 1, width);
                    Tensor out = backend.allocate(arena, DType.F32, rows, width);
                    backend.rmsNorm(in, Numbers.tensor(backend, arena, second, 1, width), epsilon, out);
                    backend.rmsNorm(in, Numbers.tensor(backend, arena, second, 1, width), epsilon, in);
                    String what = "in place, " + width;
                    Tolerance.assertSameBits(Numbers.of(backend, out), Numbers.of(backend, in), width, () -> what);
                    return Numbers.of(backend, out);
                };
                // A float32 sum of squares is wrong by gamma(width), its root by half of that; six more roundings. What
                // underflows before the weight is applied grows by it.
                check(
                        "rmsNorm " + epsilon,
                        width,
                        norm,
                        (x, y, expected, at) -> Tolerance.gamma(width / 2 + 7) * Math.abs(expected)
                                + 2 * Tolerance.LEAST * Math.max(1, Math.abs(weight[width + at % width])));
            }
        }
    }

    @Test
    void swiGluIsNearTheDefinition() {
        for (int width : WIDTHS) {
            Operation swiGlu = (backend, arena, x, y, rows) -> {
                Tensor gate = Numbers.tensor(backend, arena, x, rows, width);
                Tensor up = Numbers.tensor(backend, arena, y, rows, width);
                Tensor out = backend.allocate(arena, DType.F32, rows, width);
                backend.swiGlu(gate, up, out);
                backend.swiGlu(gate, up, gate);
                String what = "in place, " + width;
                Tolerance.assertSameBits(Numbers.of(backend, out), Numbers.of(backend, gate), width, () -> what);
                return Numbers.of(backend, out);
            };
            // The exponential, 1 + e, the quotient, the product, the definition's own rounding; an exponential may stop
            // at
            // e^-87, so that a large negative gate leaves |gate| e^-87 instead of less.
            check(
                    "swiGlu",
                    width,
                    swiGlu,
                    (x, y, expected, at) -> (Tolerance.EXP + Tolerance.gamma(6)) * Math.abs(expected)
                            + Math.abs((double) x[at] * y[at]) * Tolerance.LEAST_EXP
                            + 2 * Tolerance.LEAST * Math.max(1, Math.abs(y[at])));
        }
    }

    @Test
    void swiGluHoldsAtTheEndsOfTheExponential() {
        float[] gates = {
            -1e4f, -104, -89, -88.5f, -88, -87.4f, -87, -1e-8f, -0f, 0f, 1e-8f, 87, 88, 89, 104, 1e4f, 3, -3
        };
        float[] ups = new float[gates.length];
        Arrays.fill(ups, 1f);
        for (Subject subject : ALL) {
            try (Arena arena = Arena.ofShared()) {
                Tensor gate = Numbers.tensor(subject.backend(), arena, gates, 1, gates.length);
                Tensor up = Numbers.tensor(subject.backend(), arena, ups, 1, gates.length);
                subject.backend().swiGlu(gate, up, gate);
                float[] actual = Numbers.of(subject.backend(), gate);
                for (int i = 0; i < gates.length; i++) {
                    double exact = gates[i] / (1 + Math.exp(-(double) gates[i]));
                    double bound = (Tolerance.EXP + Tolerance.gamma(6)) * Math.abs(exact)
                            + Math.abs(gates[i]) * Tolerance.LEAST_EXP
                            + 2 * Tolerance.LEAST;
                    String what = subject + " swiGlu(" + gates[i] + ") is " + actual[i] + ", exactly " + exact;
                    assertFalse(Math.abs(actual[i] - exact) > bound || Float.isNaN(actual[i]), what);
                }
            }
        }
    }

    @Test
    void addGivesTheBitsOfTheDefinition() {
        for (int width : WIDTHS) {
            Operation add = (backend, arena, x, y, rows) -> {
                Tensor in = Numbers.tensor(backend, arena, x, rows, width);
                backend.add(in, Numbers.tensor(backend, arena, y, rows, width));
                return Numbers.of(backend, in);
            };
            check("add", width, add, (x, y, expected, at) -> 0);
        }
    }

    @ParameterizedTest(name = "{0} {1} heads of {2}, {3} rotated")
    @CsvSource({
        "ADJACENT, 1, 64, 64",
        "HALVES, 1, 64, 64",
        "ADJACENT, 9, 80, 80",
        "HALVES, 7, 80, 32",
        "ADJACENT, 3, 96, 48",
        "HALVES, 2, 128, 128",
        "HALVES, 3, 33, 32",
        "ADJACENT, 2, 7, 2",
        "HALVES, 5, 2, 2"
    })
    void ropeIsNearTheDefinition(Rotation.Pairs pairs, int heads, int headDim, int dimensions) {
        Rotation rotation = rotation(pairs, dimensions, 1.25f);
        int width = heads * headDim;
        Operation rope = (backend, arena, x, y, rows) -> {
            Tensor in = Numbers.tensor(backend, arena, x, rows, width);
            Tensor angles = backend.allocate(arena, DType.F32, rows, dimensions);
            backend.angles(batch(arena, rows), rotation, angles);
            backend.rope(in, headDim, rotation, angles);
            return Numbers.of(backend, in);
        };
        // Two products and a sum of at most magnitude * (|a| + |b|), and the definition's own rounding.
        check("rope", width, rope, (x, y, expected, at) -> {
            int d = at % headDim;
            if (d >= dimensions) {
                return 0; // left alone
            }
            int partner = pairs == Rotation.Pairs.ADJACENT ? d ^ 1 : (d + dimensions / 2) % dimensions;
            double pair = Math.abs((double) x[at]) + Math.abs((double) x[at - d + partner]);
            return Tolerance.gamma(4) * 1.25 * pair + 2 * Tolerance.LEAST;
        });
    }

    @Test
    void anglesAreNearTheDefinitionAtLargePositionsToo() {
        Rotation rotation = rotation(Rotation.Pairs.HALVES, 96, 0.75f);
        for (Subject subject : ALL) {
            try (Arena arena = Arena.ofShared()) {
                Batch batch = new Batch(arena, 5, 1, 1);
                batch.addSequence(new int[] {0}, 1);
                for (int position : new int[] {0, 1, 63, 131_071, 67_108_863}) {
                    batch.add(0, position, 0, false);
                }
                Tensor out = subject.backend().allocate(arena, DType.F32, 5, 96);
                subject.backend().angles(batch, rotation, out);
                float[] actual = Numbers.of(subject.backend(), out);
                float[] expected = new float[actual.length];
                double[] bounds = new double[actual.length];
                for (int i = 0; i < actual.length; i++) {
                    double angle = batch.position(i / 96) * rotation.inverseFrequencies()[i % 96 / 2];
                    expected[i] = (float) (0.75 * (i % 2 == 0 ? Math.cos(angle) : Math.sin(angle)));
                    // One rounding, and the argument's own in double.
                    bounds[i] = Tolerance.gamma(1) + angle * 0x1p-52;
                }
                Tolerance.assertWithin(bounds, expected, actual, 96, subject::toString);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void embedGivesTheBitsOfTheDefinition(DType type) {
        for (int width : type.isQuantised() ? new int[] {32, 96, 224} : WIDTHS) {
            StoredWeights table = StoredWeights.random(type, 65, width, width);
            try (Arena arena = Arena.ofShared()) {
                Batch batch = new Batch(arena, 9, 1, 1);
                batch.addSequence(new int[] {0}, 1);
                int[] tokens = {0, 64, 1, 31, 32, 33, 15, 16, 64};
                for (int i = 0; i < tokens.length; i++) {
                    batch.add(tokens[i], i, 0, false);
                }
                float[] expected = embedded(DEFINITION.backend(), arena, table, batch);
                for (Subject subject : ALL) {
                    String what = subject + " " + type + " " + width;
                    float[] actual = embedded(subject.backend(), arena, table, batch);
                    Tolerance.assertSameBits(expected, actual, width, () -> what);
                }
            }
        }
    }

    @Test
    void gatherTakesTheRowsThatAskedForLogits() {
        for (int rows : ROWS) {
            float[] x = Numbers.awkward(rows, rows, 33);
            for (Subject subject : ALL) {
                try (Arena arena = Arena.ofShared()) {
                    Batch batch = batch(arena, rows);
                    Tensor in = Numbers.tensor(subject.backend(), arena, x, rows, 33);
                    Tensor out = subject.backend().allocate(arena, DType.F32, batch.logitRows(), 33);
                    subject.backend().gather(in, batch, out);
                    float[] actual = Numbers.of(subject.backend(), out);
                    for (int i = 0; i < batch.logitRows(); i++) {
                        Tolerance.assertSameBits(
                                Numbers.row(x, 2 * i, 33), Numbers.row(actual, i, 33), 33, subject::toString);
                    }
                }
            }
        }
    }

    @Test
    void uploadsAndDownloadsThroughViewsAtAnOffset() {
        for (Subject subject : ALL) {
            try (Arena arena = Arena.ofShared()) {
                float[] numbers = Numbers.awkward(1, 3, 33);
                Tensor whole = Numbers.tensor(subject.backend(), arena, numbers, 3, 33);
                Tensor last = new Tensor(DType.F32, 1, 33, whole.storage(), 2 * whole.rowByteSize());
                float[] expected = Numbers.row(numbers, 2, 33);
                Tolerance.assertSameBits(expected, Numbers.of(subject.backend(), last), 33, subject::toString);
                subject.backend().add(last, last);
                for (int c = 0; c < 33; c++) {
                    numbers[66 + c] += numbers[66 + c];
                }
                Tolerance.assertSameBits(numbers, Numbers.of(subject.backend(), whole), 33, subject::toString);
            }
        }
    }

    // ---- running

    private interface Bound {
        /** Most that element {@code at} of a result may differ from {@code expected}; 0 asks for the same bits. */
        double at(float[] x, float[] y, float expected, int at);
    }

    /** Runs an operation on awkward rows on every backend, with all rows at once, and each alone; NaN stays in its row. */
    private static void check(String name, int width, Operation operation, Bound bound) {
        for (int rows : ROWS) {
            float[] x = Numbers.awkward(rows, rows, width);
            float[] y = Numbers.awkward(-rows, rows, width);
            float[] expected;
            try (Arena arena = Arena.ofShared()) {
                expected = operation.apply(DEFINITION.backend(), arena, x, y, rows);
            }
            double[] bounds = new double[expected.length];
            for (int i = 0; i < bounds.length; i++) {
                bounds[i] = bound.at(x, y, expected[i], i);
            }
            for (Subject subject : ALL) {
                String what = subject + " " + name + " [" + rows + "][" + width + "]";
                try (Arena arena = Arena.ofShared()) {
                    float[] actual = operation.apply(subject.backend(), arena, x, y, rows);
                    Tolerance.assertWithin(bounds, expected, actual, width, () -> what);
                    keepsNonFiniteNumbersInTheirRow(what, subject, arena, operation, x, y, rows, actual);
                }
            }
        }
    }

    private static void keepsNonFiniteNumbersInTheirRow(
            String what,
            Subject subject,
            Arena arena,
            Operation operation,
            float[] x,
            float[] y,
            int rows,
            float[] clean) {
        int width = clean.length / rows;
        float[] dirty = x.clone();
        int bad = rows / 2;
        dirty[bad * width] = Float.NaN;
        dirty[bad * width + width - 1] = Float.NEGATIVE_INFINITY;
        float[] actual = operation.apply(subject.backend(), arena, dirty, y, rows);
        for (int row = 0; row < rows; row++) {
            float[] mine = Numbers.row(actual, row, width);
            if (row == bad) {
                assertFalse(Float.isFinite(mine[0]), () -> what + " with NaN gives " + mine[0]);
            } else {
                Tolerance.assertSameBits(
                        Numbers.row(clean, row, width), mine, width, () -> what + " beside a row with NaN");
            }
        }
    }

    private static float[] embedded(Backend backend, Arena arena, StoredWeights table, Batch batch) {
        Tensor out = backend.allocate(arena, DType.F32, batch.rows(), table.columns());
        backend.embed(table.in(backend, arena), batch, out);
        return Numbers.of(backend, out);
    }

    /** Rows at positions that grow by 37; every second one wants logits. */
    private static Batch batch(Arena arena, int rows) {
        Batch batch = new Batch(arena, rows, 1, 1);
        batch.addSequence(new int[] {0}, 1);
        for (int row = 0; row < rows; row++) {
            batch.add(0, 37 * row, 0, row % 2 == 0);
        }
        return batch;
    }

    private static Rotation rotation(Rotation.Pairs pairs, int dimensions, float magnitude) {
        double[] inverseFrequencies = new double[dimensions / 2];
        for (int i = 0; i < inverseFrequencies.length; i++) {
            inverseFrequencies[i] = Math.pow(10_000, -2.0 * i / dimensions);
        }
        return new Rotation(pairs, inverseFrequencies, magnitude);
    }
}
