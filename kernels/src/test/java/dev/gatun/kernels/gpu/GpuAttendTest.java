package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.Order;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cache and attention: near the definition across page and split borders, the same bits in any batch and any order. */
@Tag("device")
class GpuAttendTest {
    private static final int PAGES = 14;
    private static final int PAGES_PER_SEQUENCE = 10;
    private static final int[][] TABLES = {{9, 2, 13, 0, 7, 4, 1, 12, 6, 3}, {11}, {8, 5}};

    /** What is known of the rows that a test runs. */
    private record Rows(List<int[]> rows) { // sequence, position
        static Rows lengths(int... lengths) {
            List<int[]> rows = new ArrayList<>();
            for (int sequence = 0; sequence < lengths.length; sequence++) {
                for (int position = 0; position < lengths[sequence]; position++) {
                    rows.add(new int[] {sequence, position});
                }
            }
            return new Rows(rows);
        }

        int count() {
            return rows.size();
        }

        Batch batch(Twins twins, int begin, int count) {
            Batch batch = new Batch(twins.arena(), count, TABLES.length, PAGES_PER_SEQUENCE);
            for (int[] table : TABLES) {
                batch.addSequence(table, table.length);
            }
            for (int[] row : rows.subList(begin, begin + count)) {
                batch.add(0, row[1], row[0], false);
            }
            return batch;
        }
    }

    @ParameterizedTest(name = "{0} heads on {1} of {2}, {3}")
    @CsvSource({
        "1, 1, 64, F16",
        "2, 1, 80, F16",
        "3, 3, 96, F16",
        "4, 2, 128, F32",
        "5, 1, 64, F32",
        "6, 2, 8, F16",
        "7, 7, 40, F32",
        "8, 2, 128, F16",
        "9, 3, 64, F16",
        "9, 1, 64, F16",
        "1, 1, 24, F16",
        "1, 1, 56, F16",
        "1, 1, 72, F16",
        "1, 1, 88, F16",
        "1, 1, 104, F16",
        "1, 1, 112, F16",
        "2, 1, 120, F16",
        "3, 1, 64, Q8_0",
        "4, 2, 80, Q8_0",
        "9, 3, 128, Q8_0",
        "2, 2, 8, Q8_0",
    })
    void isNearTheDefinition(int heads, int kvHeads, int headDim, DType type) {
        for (boolean tensorCores : new boolean[] {false, true}) {
            try (Twins twins = twins(tensorCores)) {
                Rows rows = Rows.lengths(70, 1, 65);
                checkPrefill(twins, rows, heads, kvHeads, headDim, type, tensorCores && type == DType.F16);
            }
        }
    }

    @ParameterizedTest(name = "{0} tokens")
    @CsvSource({"1", "31", "32", "33", "63", "64", "65", "128", "255", "256", "257", "300", "600"})
    void decodesAtTheEndOfAnyContext(int tokens) {
        decode(tokens, false, 3, 16, DType.F16);
        decode(tokens, true, 3, 16, DType.F16);
        decode(tokens, true, 17, 24, DType.F16);
        decode(tokens, false, 9, 40, DType.Q8_0);
    }

    private static void decode(int tokens, boolean tensorCores, int heads, int headDim, DType type) {
        try (Twins twins = twins(tensorCores)) {
            Rows rows = Rows.lengths(tokens);
            float[] q = Twins.plain(1, heads * headDim);
            float[] k = Twins.plain(2, tokens * headDim);
            float[] v = Twins.numbers(3, tokens * headDim);
            Function<Backend, Tensor> last = backend -> {
                KvLayer layer = appended(twins, backend, rows, type, 1, headDim, k, v);
                return attend(twins, backend, rows.batch(twins, tokens - 1, 1), layer, q);
            };
            Rows lastRow = new Rows(List.of(new int[] {0, tokens - 1}));
            twins.assertNear(
                    "attend",
                    last,
                    bounds(
                            lastRow,
                            rows,
                            heads,
                            1,
                            headDim,
                            q,
                            AttentionContext.stored(type, k, headDim),
                            AttentionContext.stored(type, v, headDim),
                            tensorCores));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, F16", "true, F16", "false, Q8_0", "true, F32"})
    void givesARowTheSameBitsAloneAndInAnyBatch(boolean tensorCores, DType type) {
        try (Twins twins = twins(tensorCores)) {
            GpuBackend gpu = twins.gpu();
            Rows rows = Rows.lengths(530, 1, 70);
            int headDim = 24;
            int width = 4 * headDim;
            float[] q = Twins.plain(1, rows.count() * width);
            float[] k = Twins.plain(2, rows.count() * 2 * headDim);
            float[] v = Twins.numbers(3, rows.count() * 2 * headDim);
            KvLayer layer = appended(twins, gpu, rows, type, 2, headDim, k, v);
            float[] together = Twins.floats(gpu, attend(twins, gpu, rows.batch(twins, 0, rows.count()), layer, q));
            for (int part : new int[] {1, 3, 8, 13}) {
                for (int begin = 0; begin + part <= rows.count(); begin += 37 + part) {
                    float[] mine = Arrays.copyOfRange(q, begin * width, (begin + part) * width);
                    float[] alone = Twins.floats(gpu, attend(twins, gpu, rows.batch(twins, begin, part), layer, mine));
                    assertArrayEquals(Arrays.copyOfRange(together, begin * width, (begin + part) * width), alone);
                }
            }
        }
    }

    @Test
    void storesTheBitsOfTheDefinitionWhereThePageTableSays() {
        Rows rows = Rows.lengths(66, 1, 3);
        for (DType type : new DType[] {DType.F16, DType.F32, DType.Q8_0}) {
            for (int headDim : new int[] {8, 80}) {
                checkBits(rows, type, headDim);
            }
        }
    }

    private static void checkBits(Rows rows, DType type, int headDim) {
        try (Twins twins = Twins.open(Activations.F32)) {
            float[] k = Twins.plain(1, rows.count() * 2 * headDim);
            float[] v = Twins.numbers(2, rows.count() * 2 * headDim);
            Arrays.fill(v, 0, headDim, 1e-38f); // 127 / most is infinite
            Arrays.fill(v, headDim, 2 * headDim, 0f);
            float[] hard = {70_000f, -65_520f, 65_519f, 1e-8f, 0x1.002p0f, 0x1.006p0f, Float.NEGATIVE_INFINITY};
            System.arraycopy(hard, 0, k, 100, hard.length);
            KvLayer expected = appended(twins, twins.reference(), rows, type, 2, headDim, k, v);
            VmDevice device = VmDevice.open(1);
            try (GpuBackend gpu = new GpuBackend(device)) {
                KvLayer actual = appended(twins, gpu, rows, type, 2, headDim, k, v);
                byte[] stored = new byte[(int) KvLayer.byteSize(type, PAGES, 2, headDim)];
                device.copyOut(actual.keys(), 0, MemorySegment.ofArray(stored));
                assertTrue(expected.keys().mismatch(MemorySegment.ofArray(stored)) < 0, "keys");
                device.copyOut(actual.values(), 0, MemorySegment.ofArray(stored));
                assertTrue(expected.values().mismatch(MemorySegment.ofArray(stored)) < 0, "values");
            }
        }
    }

    /** A race between blocks or warps would show as other bits in another order. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesTheSameBitsWhateverTheOrderOfBlocksAndWarps(boolean cores) {
        float[] forward = everything(LaunchOptions.DEFAULT.withWorkers(1), cores);
        assertArrayEquals(forward, everything(LaunchOptions.DEFAULT.withOrder(Order.REVERSE, 0), cores), "reverse");
        assertArrayEquals(forward, everything(LaunchOptions.DEFAULT.withOrder(Order.RANDOM, 5), cores), "random");
        assertArrayEquals(forward, everything(LaunchOptions.DEFAULT.withWorkers(3), cores), "three threads");
        assertArrayEquals(forward, everything(LaunchOptions.DEFAULT.withLateCopies(false), cores), "early copies");
    }

    /** Tensor cores read shared memory at its full width, whatever the head size. */
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 40, 64, 72, 80, 96, 104, 128})
    void meetsNoBankTwiceByTensorCores(int headDim) {
        Counters counters = new Counters();
        VmDevice device = VmDevice.open(LaunchOptions.DEFAULT.withWatcher(counters));
        try (Twins twins = Twins.of(Activations.F32, device, true)) {
            Rows rows = Rows.lengths(300, 70);
            float[] q = Twins.plain(1, rows.count() * 2 * headDim);
            float[] k = Twins.plain(2, rows.count() * headDim);
            KvLayer layer = appended(twins, twins.gpu(), rows, DType.F16, 1, headDim, k, k);
            Tensor unused = attend(twins, twins.gpu(), rows.batch(twins, 0, rows.count()), layer, q);
            assertEquals(rows.count(), unused.rows());
        }
        assertTrue(counters.shared().requests() > 1000, counters::report);
        assertEquals(0, counters.shared().bankConflicts(), counters::report);
    }

    /** Rows of a block end in different places: the last ones of some, on a page border of others. */
    @ParameterizedTest(name = "rows {0} to {1} of 1,000, {2}")
    @CsvSource({
        "0, 1, 64",
        "63, 65, 64",
        "250, 320, 64",
        "511, 513, 8",
        "930, 1000, 64",
        "254, 258, 128",
        "500, 530, 120",
        "270, 280, 104",
        "260, 262, 88"
    })
    void continuesLongContextsByTensorCores(int begin, int end, int headDim) {
        try (Twins twins = twins(true)) {
            Rows rows = Rows.lengths(1000);
            int[] pages = {9, 2, 13, 0, 7, 4, 1, 12, 6, 3, 15, 14, 5, 8, 11, 10};
            float[] q = Twins.plain(1, (end - begin) * 3 * headDim);
            float[] k = Twins.plain(2, rows.count() * headDim);
            float[] v = Twins.numbers(3, rows.count() * headDim);
            Function<Backend, Tensor> chunk = backend -> {
                KvLayer layer = backend.kvLayer(twins.arena(), DType.F16, pages.length, 1, headDim);
                Tensor keys = twins.tensor(backend, k, rows.count(), headDim);
                Tensor values = twins.tensor(backend, v, rows.count(), headDim);
                backend.append(keys, values, batch(twins, pages, 0, 1000), layer);
                return attend(twins, backend, batch(twins, pages, begin, end), layer, q);
            };
            Rows some = new Rows(rows.rows().subList(begin, end));
            twins.assertNear("attend", chunk, bounds(some, rows, 3, 1, headDim, q, k, v, true));
        }
    }

    /** A page that was another sequence's holds anything behind the newest token. */
    @ParameterizedTest
    @CsvSource({"false, F16", "true, F16", "false, F32", "false, Q8_0"})
    void seesNothingBehindTheContext(boolean tensorCores, DType type) {
        Rows rows = Rows.lengths(300, 1, 66);
        int headDim = 24;
        float[] q = Twins.plain(1, rows.count() * 2 * headDim);
        float[] k = Twins.plain(2, rows.count() * headDim);
        VmDevice device = VmDevice.open(2);
        try (Twins twins = Twins.of(Activations.F32, device, tensorCores)) {
            GpuBackend gpu = twins.gpu();
            List<float[]> results = new ArrayList<>();
            for (byte fill : new byte[] {0, -1}) {
                KvLayer layer = gpu.kvLayer(twins.arena(), type, PAGES, 1, headDim);
                byte[] stale = new byte[(int) KvLayer.byteSize(type, PAGES, 1, headDim)];
                Arrays.fill(stale, fill); // NaN in every type
                device.copyIn(MemorySegment.ofArray(stale), layer.keys(), 0);
                device.copyIn(MemorySegment.ofArray(stale), layer.values(), 0);
                Tensor fresh = twins.tensor(gpu, k, rows.count(), headDim);
                gpu.append(fresh, fresh, rows.batch(twins, 0, rows.count()), layer);
                results.add(Twins.floats(gpu, attend(twins, gpu, rows.batch(twins, 0, rows.count()), layer, q)));
            }
            assertArrayEquals(results.getFirst(), results.getLast());
            assertTrue(Float.isFinite(results.getLast()[0]));
        }
    }

    private static Batch batch(Twins twins, int[] pages, int begin, int end) {
        Batch batch = new Batch(twins.arena(), end - begin, 1, pages.length);
        batch.addSequence(pages, pages.length);
        for (int position = begin; position < end; position++) {
            batch.add(0, position, 0, false);
        }
        return batch;
    }

    @Test
    void refusesHeadsItsKernelsDoNotTake() {
        try (Twins twins = Twins.open(Activations.F32)) {
            for (int headDim : new int[] {4, 33, 136, 256}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> twins.gpu().kvLayer(twins.arena(), DType.F16, 1, 1, headDim));
            }
        }
    }

    private static Twins twins(boolean tensorCores) {
        return Twins.of(Activations.F32, ContractDevice.open(), tensorCores);
    }

    private static float[] everything(LaunchOptions options, boolean tensorCores) {
        try (Twins twins = Twins.of(Activations.F32, VmDevice.open(options), tensorCores)) {
            GpuBackend gpu = twins.gpu();
            Rows rows = Rows.lengths(40, 1, 5);
            int headDim = 32;
            float[] q = Twins.plain(1, rows.count() * 4 * headDim);
            float[] k = Twins.plain(2, rows.count() * 2 * headDim);
            KvLayer layer = appended(twins, gpu, rows, DType.F16, 2, headDim, k, k);
            Tensor mixed = attend(twins, gpu, rows.batch(twins, 0, rows.count()), layer, q);
            Tensor weight = gpu.weights(
                    twins.arena(), DType.Q4_1, 48, 4 * headDim, Twins.weights(DType.Q4_1, 48, 4 * headDim, 3));
            Tensor out = gpu.allocate(twins.arena(), DType.F32, rows.count(), 48);
            gpu.rmsNorm(mixed, twins.tensor(gpu, Twins.numbers(4, 4 * headDim), 1, 4 * headDim), 1e-5f, mixed);
            gpu.matmul(mixed, weight, null, out);
            return Twins.floats(gpu, out);
        }
    }

    private static void checkPrefill(
            Twins twins, Rows rows, int heads, int kvHeads, int headDim, DType type, boolean halves) {
        float[] q = Twins.plain(1, rows.count() * heads * headDim);
        float[] k = Twins.plain(2, rows.count() * kvHeads * headDim);
        float[] v = Twins.numbers(3, rows.count() * kvHeads * headDim);
        twins.assertNear(
                "attend",
                backend -> {
                    KvLayer layer = appended(twins, backend, rows, type, kvHeads, headDim, k, v);
                    return attend(twins, backend, rows.batch(twins, 0, rows.count()), layer, q);
                },
                bounds(
                        rows,
                        rows,
                        heads,
                        kvHeads,
                        headDim,
                        q,
                        AttentionContext.stored(type, k, headDim),
                        AttentionContext.stored(type, v, headDim),
                        halves));
    }

    /**
     * A score is a sum of {@code headDim} products and wrong by {@code gamma(headDim / 4 + 6)} of their magnitudes; a weight
     * {@code e^s} is relatively wrong by that error, twice (it is divided by a sum of such), and by the exponential's and the
     * sums' own roundings. Caches round keys and values to the same bits on both sides: their magnitudes grow by 2^-11.
     *
     * <p>{@code halves}: scaled queries and weights are rounded to f16, relatively by 2^-11 and absolutely by 2^-25 where they
     * are subnormal; the largest weight is 1 or, once an earlier maximum was replaced, less. Sums are one chain.
     */
    private static double[] bounds(
            Rows rows,
            Rows cached,
            int heads,
            int kvHeads,
            int headDim,
            float[] q,
            float[] k,
            float[] v,
            boolean halves) {
        double scale = scale(headDim);
        double[] bounds = new double[rows.count() * heads * headDim];
        for (int r = 0; r < rows.count(); r++) {
            for (int h = 0; h < heads; h++) {
                int kvHead = h / (heads / kvHeads);
                int at = (r * heads + h) * headDim;
                List<Integer> context = new ArrayList<>();
                for (int t = 0; t < cached.count(); t++) {
                    int[] other = cached.rows().get(t);
                    if (other[0] == rows.rows().get(r)[0]
                            && other[1] <= rows.rows().get(r)[1]) {
                        context.add(t);
                    }
                }
                double[] scores = new double[context.size()];
                double most = Double.NEGATIVE_INFINITY;
                double magnitude = 0;
                double keyMagnitude = 0;
                for (int i = 0; i < scores.length; i++) {
                    int from = (context.get(i) * kvHeads + kvHead) * headDim;
                    double sum = 0;
                    double keySum = 0;
                    for (int d = 0; d < headDim; d++) {
                        double product = q[at + d] * (double) k[from + d] * scale;
                        scores[i] += product;
                        sum += Math.abs(product);
                        keySum += Math.abs(k[from + d]);
                    }
                    most = Math.max(most, scores[i]);
                    magnitude = Math.max(magnitude, sum * (1 + 0x1p-11));
                    keyMagnitude = Math.max(keyMagnitude, keySum * (1 + 0x1p-11));
                }
                double scoreError = halves
                        ? (Twins.gamma(headDim + 10) + 0x1p-11) * magnitude + 0x1p-25 * keyMagnitude
                        : Twins.gamma(headDim / 4.0 + 10) * magnitude;
                double relative = 2 * scoreError
                        + (halves ? 0x1p-11 + Twins.gamma(scores.length + 80) : Twins.gamma(scores.length / 8.0 + 80));
                double slack = 0x1p-10 * magnitude; // weights here are of scores before the cache rounded them
                double total = 0;
                double[] mixed = new double[headDim];
                double[] valueSums = new double[headDim];
                for (int i = 0; i < scores.length; i++) {
                    int from = (context.get(i) * kvHeads + kvHead) * headDim;
                    double weight = Math.exp(scores[i] - most);
                    total += weight;
                    for (int d = 0; d < headDim; d++) {
                        mixed[d] += weight * Math.abs(v[from + d]);
                        valueSums[d] += Math.abs(v[from + d]);
                    }
                }
                for (int d = 0; d < headDim; d++) {
                    double subnormal = halves ? 0x1p-25 * valueSums[d] : 0;
                    bounds[at + d] =
                            (relative * mixed[d] + subnormal) / total * Math.exp(Math.min(2 * slack, 20)) + 1e-30;
                }
            }
        }
        return bounds;
    }

    private static float scale(int headDim) {
        return (float) (1 / Math.sqrt(headDim));
    }

    private static KvLayer appended(
            Twins twins, Backend backend, Rows rows, DType type, int kvHeads, int headDim, float[] k, float[] v) {
        KvLayer layer = backend.kvLayer(twins.arena(), type, PAGES, kvHeads, headDim);
        backend.append(
                twins.tensor(backend, k, rows.count(), kvHeads * headDim),
                twins.tensor(backend, v, rows.count(), kvHeads * headDim),
                rows.batch(twins, 0, rows.count()),
                layer);
        return layer;
    }

    private static Tensor attend(Twins twins, Backend backend, Batch batch, KvLayer layer, float[] q) {
        int width = q.length / batch.rows();
        Tensor out = backend.allocate(twins.arena(), DType.F32, batch.rows(), width);
        backend.attend(twins.tensor(backend, q, batch.rows(), width), batch, layer, scale(layer.headDim()), out);
        return out;
    }
}
