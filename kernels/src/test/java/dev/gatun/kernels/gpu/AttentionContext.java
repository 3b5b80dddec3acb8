package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.Arena;
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

    AttentionContext(DType type, int heads, int kvHeads, int headDim, int... lengths) {
        this.type = type;
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

    /** Some rows attend to nearly all tokens alike, some to nearly one: the largest score comes early and late. */
    private void scaleQueries() {
        for (int i = 0; i < queries.length; i++) {
            queries[i] *= 0.25f * (1 + i / headDim % 5);
        }
    }

    /** As the cache holds it, so that bounds need not make room for that. */
    private float stored(float value) {
        return type == DType.F16 ? Float.float16ToFloat(Float.floatToFloat16(value)) : value;
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
        return Question.defined(what, Activations.F32, false, operation, bounds(rows));
    }

    Question ends(String what) {
        return near(what, lastRows());
    }

    Question rows(String what, int count) {
        return near(what, manyRows(count));
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
        List<int[]> rows = manyRows(count);
        int width = heads * headDim;
        return Question.same(
                what,
                Activations.F32,
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

    /** The cache after an append, as floats; where nothing was stored it holds what it held before. */
    float[] cacheAfterAppend(Backend backend, Arena arena) {
        int perRow = type == DType.F16 ? 2 : 1; // elements in four bytes
        int rows = PAGES * kvHeads * KvLayer.PAGE_TOKENS;
        Tensor keys = Question.tensor(backend, arena, new float[rows * headDim / perRow], rows);
        Tensor values = Question.tensor(backend, arena, new float[rows * headDim / perRow], rows);
        fill(backend, arena, new KvLayer(type, PAGES, kvHeads, headDim, keys.storage(), values.storage()));
        float[] both = Arrays.copyOf(Twins.floats(backend, keys), 2 * rows * headDim / perRow);
        System.arraycopy(Twins.floats(backend, values), 0, both, both.length / 2, both.length / 2);
        return type == DType.F16 ? halves(both) : both;
    }

    private static float[] halves(float[] pairs) {
        float[] elements = new float[2 * pairs.length];
        for (int i = 0; i < pairs.length; i++) {
            int bits = Float.floatToRawIntBits(pairs[i]);
            elements[2 * i] = Float.float16ToFloat((short) bits);
            elements[2 * i + 1] = Float.float16ToFloat((short) (bits >>> 16));
        }
        return elements;
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
     * and the sums' own roundings.
     */
    private double[] bounds(List<int[]> rows) {
        double[] bounds = new double[rows.size() * heads * headDim];
        for (int r = 0; r < rows.size(); r++) {
            int token = token(rows.get(r));
            for (int h = 0; h < heads; h++) {
                int kvHead = h / (heads / kvHeads);
                int q = (token * heads + h) * headDim;
                int tokens = rows.get(r)[1] + 1;
                double[] scores = new double[tokens];
                double magnitude = 0;
                for (int t = 0; t < tokens; t++) {
                    int from = ((token - tokens + 1 + t) * kvHeads + kvHead) * headDim;
                    double sum = 0;
                    for (int d = 0; d < headDim; d++) {
                        double product = queries[q + d] * (double) stored(k[from + d]) * scale();
                        scores[t] += product;
                        sum += Math.abs(product);
                    }
                    magnitude = Math.max(magnitude, sum);
                }
                double relative = 2 * Twins.gamma(headDim / 4.0 + 10) * magnitude + Twins.gamma(tokens / 8.0 + 80);
                double most = Arrays.stream(scores).max().orElseThrow();
                double total = 0;
                double[] mixed = new double[headDim];
                for (int t = 0; t < tokens; t++) {
                    int from = ((token - tokens + 1 + t) * kvHeads + kvHead) * headDim;
                    double weight = Math.exp(scores[t] - most);
                    total += weight;
                    for (int d = 0; d < headDim; d++) {
                        mixed[d] += weight * Math.abs(stored(v[from + d]));
                    }
                }
                for (int d = 0; d < headDim; d++) {
                    bounds[(r * heads + h) * headDim + d] = relative * mixed[d] / total + Twins.LEAST_NORMAL;
                }
            }
        }
        return bounds;
    }
}
