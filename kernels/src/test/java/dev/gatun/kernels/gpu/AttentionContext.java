package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Three sequences in a cache, and queries on them. */
final class AttentionContext {
    private static final int[][] TABLES = {{5, 2, 9, 0, 7, 4, 1, 10, 6, 3, 14, 18, 15, 13, 17, 16}, {11}, {8, 12}};
    private static final int PAGES = 19;

    private final DType type;
    private final int heads;
    private final int kvHeads;
    private final int headDim;
    private final int[] lengths;
    private final float[] k;
    private final float[] v;
    private final float[] queries;
    private final boolean halves;

    AttentionContext(DType type, int heads, int kvHeads, int headDim, int... lengths) {
        this(type, false, heads, kvHeads, headDim, lengths);
    }

    private AttentionContext(DType type, boolean halves, int heads, int kvHeads, int headDim, int... lengths) {
        this.type = type;
        this.halves = halves;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.headDim = headDim;
        this.lengths = lengths;
        int tokens = Arrays.stream(lengths).sum();
        this.k = Twins.plain(1, tokens * kvHeads * headDim);
        this.v = Twins.plain(2, tokens * kvHeads * headDim);
        this.queries = Twins.plain(3, tokens * heads * headDim);
        scaleQueries();
    }

    /** For the kernel that rounds queries and weights to f16. */
    static AttentionContext inHalves(int heads, int kvHeads, int headDim, int... lengths) {
        return new AttentionContext(DType.F16, true, heads, kvHeads, headDim, lengths);
    }

    /** Some rows attend to nearly all tokens alike, some to nearly one: the largest score comes early and late. */
    private void scaleQueries() {
        for (int i = 0; i < queries.length; i++) {
            queries[i] *= 0.25f * (1 + i / headDim % 5);
        }
    }

    /** Keys or values as a cache of {@code type} gives them back, so that bounds need not make room for that. */
    static float[] stored(DType type, float[] x, int headDim) {
        float[] stored = x.clone();
        if (type == DType.F16) {
            for (int i = 0; i < x.length; i++) {
                stored[i] = Float.float16ToFloat(Float.floatToFloat16(x[i]));
            }
        } else if (type == DType.Q8_0) {
            for (int head = 0; head < x.length; head += headDim) {
                for (int begin = head; begin < head + headDim; begin += WeightGroup.SIZE) {
                    asCodes(stored, begin, Math.min(begin + WeightGroup.SIZE, head + headDim));
                }
            }
        }
        return stored;
    }

    private static void asCodes(float[] x, int begin, int end) {
        float most = 0;
        for (int i = begin; i < end; i++) {
            most = Math.max(most, Math.abs(x[i]));
        }
        float scale = Float.float16ToFloat(Float.floatToFloat16(most / 127f));
        for (int i = begin; i < end; i++) {
            x[i] = most == 0 ? 0 : scale * (float) Math.rint(x[i] * (127f / most));
        }
    }

    /** With groups that a cache rounds to nothing, keeps or overflows, in the first head of the first rows. */
    AttentionContext hardToStore() {
        float[] hard = {70_000f, -65_520f, 65_519f, 1e-8f, 0x1.002p0f, 0x1.006p0f, Float.NEGATIVE_INFINITY};
        System.arraycopy(hard, 0, k, 0, hard.length);
        System.arraycopy(hard, 0, v, 64, hard.length);
        Arrays.fill(k, 32, 64, 1e-38f); // 127 / most is infinite
        Arrays.fill(v, 0, 32, -1e-38f);
        Arrays.fill(k, 64, 96, 0f);
        return this;
    }

    /** The last row of each sequence. */
    private List<int[]> lastRows() {
        List<int[]> rows = new ArrayList<>();
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            rows.add(new int[] {sequence, lengths[sequence] - 1});
        }
        return rows;
    }

    /** The last {@code count} rows of the first sequence, and all of the others. */
    private List<int[]> manyRows(int count) {
        List<int[]> rows = new ArrayList<>();
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            int begin = sequence == 0 ? lengths[0] - count : 0;
            for (int position = begin; position < lengths[sequence]; position++) {
                rows.add(new int[] {sequence, position});
            }
        }
        return rows;
    }

    private Question near(String what, List<int[]> rows) {
        Question.Operation operation = (backend, arena) -> attended(backend, arena, rows);
        return Question.defined(what, Activations.F32, halves, operation, bounds(rows));
    }

    Question ends(String what) {
        return near(what, lastRows());
    }

    Question rows(String what, int count) {
        return near(what, manyRows(count));
    }

    /** The last {@code count} rows in one call, and then each last row alone. */
    Question rowsAndEnds(String what, int count) {
        List<int[]> rows = manyRows(count);
        return inOneCallAndAlone(what, rows, lastRows());
    }

    /** The rows of the first sequence that have {@code contexts} tokens to attend to, in one call and then each alone. */
    Question withinAndAlone(String what, int... contexts) {
        return inOneCallAndAlone(what, rowsWith(contexts), rowsWith(contexts));
    }

    private Question inOneCallAndAlone(String what, List<int[]> together, List<int[]> alone) {
        List<int[]> all = new ArrayList<>(together);
        all.addAll(alone);
        int width = heads * headDim;
        Question.Operation operation = (backend, arena) -> {
            KvLayer layer = cache(backend, arena);
            float[] results = Arrays.copyOf(attended(backend, arena, together, layer), all.size() * width);
            for (int i = together.size(); i < all.size(); i++) {
                float[] row = attended(backend, arena, all.subList(i, i + 1), layer);
                System.arraycopy(row, 0, results, i * width, width);
            }
            return results;
        };
        return Question.defined(what, Activations.F32, halves, operation, bounds(all));
    }

    /** The last rows alone, and each as the second row of a tile. */
    Question endsAsInPrefill(String what) {
        List<int[]> rows = lastRows();
        rows.removeIf(row -> row[1] == 0); // has no row before it
        List<int[]> pairs = new ArrayList<>();
        for (int[] row : rows) {
            pairs.add(new int[] {row[0], row[1] - 1});
            pairs.add(row);
        }
        int width = heads * headDim;
        return Question.same(
                what,
                Activations.F32,
                halves,
                rows.size() * width,
                (backend, arena) -> attended(backend, arena, rows),
                (backend, arena) -> {
                    float[] both = attended(backend, arena, pairs);
                    float[] second = new float[rows.size() * width];
                    for (int i = 0; i < rows.size(); i++) {
                        System.arraycopy(both, (2 * i + 1) * width, second, i * width, width);
                    }
                    return second;
                });
    }

    Question rowsAsInDecode(String what, int count) {
        return asInDecode(what, manyRows(count));
    }

    /** The rows of the first sequence that have {@code contexts} tokens to attend to. */
    Question within(String what, int... contexts) {
        return near(what, rowsWith(contexts));
    }

    Question withinAsInDecode(String what, int... contexts) {
        return asInDecode(what, rowsWith(contexts));
    }

    private static List<int[]> rowsWith(int... contexts) {
        List<int[]> rows = new ArrayList<>();
        for (int context : contexts) {
            rows.add(new int[] {0, context - 1});
        }
        return rows;
    }

    private Question asInDecode(String what, List<int[]> rows) {
        int width = heads * headDim;
        return Question.same(
                what,
                Activations.F32,
                halves,
                rows.size() * width,
                (backend, arena) -> attended(backend, arena, rows),
                (backend, arena) -> {
                    float[] single = new float[rows.size() * width];
                    KvLayer layer = cache(backend, arena);
                    for (int i = 0; i < rows.size(); i++) {
                        float[] row = attended(backend, arena, rows.subList(i, i + 1), layer);
                        System.arraycopy(row, 0, single, i * width, width);
                    }
                    return single;
                });
    }

    private float[] attended(Backend backend, Arena arena, List<int[]> rows) {
        return attended(backend, arena, rows, cache(backend, arena));
    }

    private float[] attended(Backend backend, Arena arena, List<int[]> rows, KvLayer layer) {
        int width = heads * headDim;
        float[] q = new float[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(queries, token(rows.get(i)) * width, q, i * width, width);
        }
        Tensor out = Question.empty(backend, arena, rows.size(), width);
        backend.attend(Question.tensor(backend, arena, q, rows.size()), batch(arena, rows), layer, scale(), out);
        return Twins.floats(backend, out);
    }

    /** Filled by {@code append}. */
    private KvLayer cache(Backend backend, Arena arena) {
        KvLayer layer = backend.kvLayer(arena, type, PAGES, kvHeads, headDim);
        fill(backend, arena, layer);
        return layer;
    }

    private void fill(Backend backend, Arena arena, KvLayer layer) {
        List<int[]> all = manyRows(lengths[0]);
        Tensor keys = Question.tensor(backend, arena, k, all.size());
        backend.append(keys, Question.tensor(backend, arena, v, all.size()), batch(arena, all), layer);
    }

    /** The bytes of the cache after an append, as numbers; where nothing was stored it holds what it held before. */
    float[] cacheAfterAppend(Backend backend, Arena arena) {
        int floats = (int) (KvLayer.byteSize(type, PAGES, kvHeads, headDim) / 4);
        Tensor keys = Question.tensor(backend, arena, new float[floats], 1);
        Tensor values = Question.tensor(backend, arena, new float[floats], 1);
        fill(backend, arena, new KvLayer(type, PAGES, kvHeads, headDim, keys.storage(), values.storage()));
        byte[] stored = new byte[2 * 4 * floats];
        MemorySegment both = MemorySegment.ofArray(stored);
        backend.download(keys, both.asSlice(0, 4L * floats));
        backend.download(values, both.asSlice(4L * floats));
        float[] numbers = new float[stored.length];
        for (int i = 0; i < stored.length; i++) {
            numbers[i] = stored[i];
        }
        return numbers;
    }

    private static Batch batch(Arena arena, List<int[]> rows) {
        Batch batch = new Batch(arena, rows.size() + 2, TABLES.length, TABLES[0].length);
        for (int[] table : TABLES) {
            batch.addSequence(table, table.length);
        }
        for (int[] row : rows) {
            batch.add(0, row[1], row[0], false);
        }
        return batch;
    }

    /** Which of all tokens a row is. */
    private int token(int[] row) {
        int token = row[1];
        for (int sequence = 0; sequence < row[0]; sequence++) {
            token += lengths[sequence];
        }
        return token;
    }

    private float scale() {
        return (float) (1 / Math.sqrt(headDim));
    }

    /**
     * A score is wrong by {@code gamma} of the magnitudes it sums, a weight relatively by that twice, and by the exponential's
     * and the sums' own roundings. In halves, scaled queries and weights are rounded by 2^-11 relatively and by 2^-25 where
     * they are subnormal, and sums are one chain.
     */
    private double[] bounds(List<int[]> rows) {
        float[] keys = stored(type, k, headDim);
        float[] values = stored(type, v, headDim);
        double[] bounds = new double[rows.size() * heads * headDim];
        for (int r = 0; r < rows.size(); r++) {
            int token = token(rows.get(r));
            for (int h = 0; h < heads; h++) {
                int kvHead = h / (heads / kvHeads);
                int q = (token * heads + h) * headDim;
                int tokens = rows.get(r)[1] + 1;
                double[] scores = new double[tokens];
                double magnitude = 0;
                double keyMagnitude = 0;
                for (int t = 0; t < tokens; t++) {
                    int from = ((token - tokens + 1 + t) * kvHeads + kvHead) * headDim;
                    double sum = 0;
                    double keySum = 0;
                    for (int d = 0; d < headDim; d++) {
                        double product = queries[q + d] * (double) keys[from + d] * scale();
                        scores[t] += product;
                        sum += Math.abs(product);
                        keySum += Math.abs(keys[from + d]);
                    }
                    magnitude = Math.max(magnitude, sum);
                    keyMagnitude = Math.max(keyMagnitude, keySum);
                }
                double scoreError = halves
                        ? (Twins.gamma(headDim + 10) + 0x1p-11) * magnitude + 0x1p-25 * keyMagnitude
                        : Twins.gamma(headDim / 4.0 + 10) * magnitude;
                double sumError = halves ? 0x1p-11 + Twins.gamma(tokens + 80) : Twins.gamma(tokens / 8.0 + 80);
                double relative = 2 * scoreError + sumError;
                double most = Arrays.stream(scores).max().orElseThrow();
                double total = 0;
                double[] mixed = new double[headDim];
                double[] valueSums = new double[headDim];
                for (int t = 0; t < tokens; t++) {
                    int from = ((token - tokens + 1 + t) * kvHeads + kvHead) * headDim;
                    double weight = Math.exp(scores[t] - most);
                    total += weight;
                    for (int d = 0; d < headDim; d++) {
                        mixed[d] += weight * Math.abs(values[from + d]);
                        valueSums[d] += Math.abs(values[from + d]);
                    }
                }
                for (int d = 0; d < headDim; d++) {
                    double subnormal = halves ? 0x1p-25 * valueSums[d] : 0;
                    bounds[(r * heads + h) * headDim + d] =
                            (relative * mixed[d] + subnormal) / total + Twins.LEAST_NORMAL;
                }
            }
        }
        return bounds;
    }
}
