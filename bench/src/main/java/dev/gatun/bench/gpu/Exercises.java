package dev.gatun.bench.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The operations that the suite times: the rows of the goals in the design paper on GPU kernels, at the shapes of a model of 8
 * billion weights, or all of it divided for machines that only count.
 */
final class Exercises {
    private static final double F32 = 1e-5;
    private static final double F16 = 3e-3;
    private static final double BF16 = 2e-2;
    private static final int HEAD_DIM = 128;
    /** Of what is judged in the place of more: whole tiles and a torn one. */
    private static final int SAMPLE_ROWS = 71;

    private static final float SCALE = (float) (1 / Math.sqrt(HEAD_DIM));

    private final int division;
    private final List<Exercise> all = new ArrayList<>();

    private Exercises(int division) {
        this.division = division;
    }

    /** All, with widths and lengths divided by {@code division}. */
    static List<Exercise> of(int division) {
        Exercises exercises = new Exercises(division);
        exercises.products();
        exercises.layers();
        exercises.attention();
        exercises.rows();
        return List.copyOf(exercises.all);
    }

    /** The layer of one row with weights of {@code type}, among those of {@link #of}. */
    static Exercise layer(int division, DType type) {
        Exercises exercises = new Exercises(division);
        exercises.layer(type, type.isQuantised() ? Activations.INT8 : Activations.F32);
        return exercises.all.getFirst();
    }

    private int part(int size, int multiple) {
        return Math.max(multiple, size / division / multiple * multiple);
    }

    // ---- products

    private void products() {
        int width = part(4096, 32);
        int wide = part(28_672, 32);
        product(DType.BF16, Activations.F32, false, 1, width, wide, F32);
        product(DType.BF16, Activations.F32, false, 1, width, width, F32);
        product(DType.F16, Activations.F32, false, 1, width, wide, F32);
        for (DType type : List.of(DType.Q4_0, DType.Q4_1, DType.Q5_1, DType.Q8_0)) {
            product(type, Activations.INT8, false, 1, width, wide, F32);
        }
        product(DType.Q4_0, Activations.F32, false, 1, width, wide, F32);
        product(DType.BF16, Activations.F32, false, 8, width, wide, F32);
        product(DType.Q4_0, Activations.INT8, false, 8, width, wide, F32);
        int many = part(512, 64);
        product(DType.Q4_0, Activations.INT8, false, many, width, part(14_336, 32), F32);
        product(DType.BF16, Activations.F32, true, many, width, part(14_336, 32), BF16);
        product(DType.F16, Activations.F32, true, many, width, part(14_336, 32), F16);
        product(DType.Q4_0, Activations.F32, true, many, width, part(14_336, 32), F16);
    }

    private void product(
            DType type,
            Activations activations,
            boolean tensorCores,
            int rows,
            int inputs,
            int outputs,
            double tolerance) {
        productOf(type, activations, tensorCores, rows, inputs, outputs, tolerance);
        if (rows > SAMPLE_ROWS) {
            Exercise whole = all.removeLast();
            productOf(type, activations, tensorCores, SAMPLE_ROWS, inputs, outputs, tolerance);
            judgeBy(whole);
        }
    }

    /** The exercise added last is what {@code whole} is judged by. */
    private void judgeBy(Exercise whole) {
        Exercise sample = all.removeLast();
        all.add(new Exercise(
                whole.name(),
                whole.activations(),
                whole.tensorCores(),
                whole.bytes(),
                whole.multiplyAdds(),
                whole.tolerance(),
                whole.graph(),
                whole.setting(),
                sample));
    }

    private void productOf(
            DType type,
            Activations activations,
            boolean tensorCores,
            int rows,
            int inputs,
            int outputs,
            double tolerance) {
        String name = String.format(
                Locale.ROOT,
                "product %d x %d -> %d %s%s%s",
                rows,
                inputs,
                outputs,
                type,
                activations == Activations.INT8 ? ", int8 input" : "",
                tensorCores ? ", tensor cores" : "");
        long bytes = type.byteSize(inputs) * outputs + 4L * rows * (inputs + outputs);
        long multiplyAdds = (long) rows * inputs * outputs;
        add(name, activations, tensorCores, bytes, multiplyAdds, tolerance, bench -> seed -> {
            Tensor x = bench.normal(seed, rows, inputs);
            Tensor weight = bench.weight(type, outputs, inputs, seed + 1);
            Tensor out = bench.empty(rows, outputs);
            return copy(bench, out, () -> bench.backend().matmul(x, weight, null, out));
        });
    }

    // ---- a layer

    private void layers() {
        layer(DType.BF16, Activations.F32);
        layer(DType.Q4_0, Activations.INT8);
        layer(DType.Q8_0, Activations.INT8);
    }

    /** One row through a whole layer: what a decode step is made of. */
    private void layer(DType type, Activations activations) {
        int width = part(4096, HEAD_DIM);
        int hidden = part(14_336, 32);
        int kvWidth = Math.max(HEAD_DIM, width / 4);
        int context = part(512, 64);
        long weights = (long) width * width * 2 + 2L * width * kvWidth + 3L * width * hidden;
        long bytes = weights / type.groupSize() * type.groupByteSize() + 4L * context * kvWidth;
        String name = String.format(
                Locale.ROOT, "layer of 1 row, width %d, hidden %d, context %d, %s", width, hidden, context, type);
        add(name, activations, false, bytes, weights, activations == Activations.INT8 ? 1e-2 : F16, bench -> {
            Batch batch = bench.lastRows(1, context);
            Rotation rotation = Workbench.rotation(HEAD_DIM);
            Tensor angles = bench.empty(1, HEAD_DIM);
            return seed -> {
                Tensor norm = bench.normal(seed, 1, width);
                AttentionWeights attention = new AttentionWeights(
                        norm,
                        1e-5f,
                        bench.weight(type, width, width, seed + 1),
                        null,
                        bench.weight(type, kvWidth, width, seed + 2),
                        null,
                        bench.weight(type, kvWidth, width, seed + 3),
                        null);
                FeedForwardWeights feedForward = new FeedForwardWeights(
                        norm,
                        1e-5f,
                        bench.weight(type, hidden, width, seed + 4),
                        bench.weight(type, hidden, width, seed + 5),
                        bench.weight(type, width, hidden, seed + 6));
                Tensor output = bench.weight(type, width, width, seed + 7);
                KvLayer cache = bench.fullCache(DType.F16, 1, context, kvWidth / HEAD_DIM, HEAD_DIM, seed);
                Tensor x = bench.normal(seed + 8, 1, width);
                Tensor normed = bench.empty(1, width);
                Tensor q = bench.empty(1, width);
                Tensor k = bench.empty(1, kvWidth);
                Tensor v = bench.empty(1, kvWidth);
                Tensor attended = bench.empty(1, width);
                Tensor projected = bench.empty(1, width);
                Tensor gate = bench.empty(1, hidden);
                Tensor up = bench.empty(1, hidden);
                bench.backend().angles(batch, rotation, angles);
                return copy(bench, x, () -> {
                    bench.backend().attentionInput(x, attention, rotation, angles, batch, cache, normed, q, k, v);
                    bench.backend().attend(q, batch, cache, SCALE, attended);
                    bench.backend().addProduct(attended, output, null, projected, x);
                    bench.backend().addFeedForward(x, feedForward, normed, gate, up, projected);
                });
            };
        });
    }

    // ---- attention

    private void attention() {
        decode(DType.F16, 1, part(4096, 64));
        decode(DType.F16, 1, part(32_768, 64));
        decode(DType.Q8_0, 1, part(4096, 64));
        decode(DType.F32, 1, part(4096, 64));
        decode(DType.F16, division == 1 ? 32 : 2, part(4096, 64));
        prefill(part(512, 64), part(512, 64));
        prefill(part(512, 64), part(4096, 128));
        append(DType.F16, part(4096, 64));
        append(DType.Q8_0, part(4096, 64));
    }

    private int heads() {
        return Math.max(4, 32 / division);
    }

    private int kvHeads() {
        return heads() / 4;
    }

    private void decode(DType type, int sequences, int context) {
        int heads = heads();
        int kvHeads = kvHeads();
        long bytes = 2L * sequences * context * kvHeads * type.byteSize(HEAD_DIM);
        long multiplyAdds = 2L * sequences * context * heads * HEAD_DIM;
        String name = String.format(
                Locale.ROOT,
                "attention of 1 row of %d at %d, %d/%d heads of %d, %s cache",
                sequences,
                context,
                heads,
                kvHeads,
                HEAD_DIM,
                type);
        add(name, Activations.INT8, false, bytes, multiplyAdds, F16, bench -> {
            Batch batch = bench.lastRows(sequences, context);
            return seed -> attend(bench, type, batch, sequences, context, seed);
        });
    }

    private void prefill(int rows, int context) {
        prefillOf(rows, context);
        if (rows > SAMPLE_ROWS) {
            Exercise whole = all.removeLast();
            prefillOf(SAMPLE_ROWS, context);
            judgeBy(whole);
        }
    }

    private void prefillOf(int rows, int context) {
        int heads = heads();
        long seen = 0;
        for (int row = 0; row < rows; row++) {
            seen += context - rows + row + 1;
        }
        long bytes = 2L * context * kvHeads() * DType.F16.byteSize(HEAD_DIM) + 8L * rows * heads * HEAD_DIM;
        String name = String.format(
                Locale.ROOT,
                "attention of %d rows up to %d, %d/%d heads of %d, F16 cache",
                rows,
                context,
                heads,
                kvHeads(),
                HEAD_DIM);
        add(name, Activations.INT8, true, bytes, 2 * seen * heads * HEAD_DIM, F16, bench -> {
            Batch batch = bench.chunk(rows, context);
            return seed -> attend(bench, DType.F16, batch, 1, context, seed);
        });
    }

    private Exercise.Copy attend(Workbench bench, DType type, Batch batch, int sequences, int context, long seed) {
        KvLayer layer = bench.fullCache(type, sequences, context, kvHeads(), HEAD_DIM, seed);
        Tensor q = bench.normal(seed + 1, batch.rows(), heads() * HEAD_DIM);
        Tensor out = bench.empty(batch.rows(), heads() * HEAD_DIM);
        return copy(bench, out, () -> bench.backend().attend(q, batch, layer, SCALE, out));
    }

    /** The result is what attention then reads, as a cache has no numbers of its own. */
    private void append(DType type, int rows) {
        int kvHeads = kvHeads();
        long bytes = 2L * rows * kvHeads * (4L * HEAD_DIM + type.byteSize(HEAD_DIM));
        String name = String.format(Locale.ROOT, "append of %d rows, %d heads, %s cache", rows, kvHeads, type);
        add(name, Activations.F32, false, bytes, 0, F16, bench -> {
            Batch batch = bench.chunk(rows, rows);
            return seed -> {
                KvLayer layer = bench.backend().kvLayer(bench.arena(), type, Workbench.pages(rows), kvHeads, HEAD_DIM);
                Tensor k = bench.normal(seed, rows, kvHeads * HEAD_DIM);
                Tensor v = bench.normal(seed + 1, rows, kvHeads * HEAD_DIM);
                return new Exercise.Copy() {
                    @Override
                    public void run() {
                        bench.backend().append(k, v, batch, layer);
                    }

                    @Override
                    public float[] result() {
                        Batch last = bench.chunk(1, rows);
                        Tensor q = bench.normal(seed + 2, 1, kvHeads * HEAD_DIM);
                        Tensor out = bench.empty(1, kvHeads * HEAD_DIM);
                        bench.backend().attend(q, last, layer, SCALE, out);
                        return bench.numbers(out);
                    }
                };
            };
        });
    }

    // ---- rows

    private void rows() {
        int width = part(4096, 32);
        int many = part(4096, 64);
        long row = 4L * width;
        elementwise(
                "norm of 1 row of " + width,
                2 * row,
                1,
                width,
                (bench, x, y, out) -> () -> bench.backend().rmsNorm(x, y.firstRows(1), 1e-5f, out));
        elementwise("norm of " + many + " rows of " + width, 2 * row * many, many, width, (bench, x, y, out) -> {
            Tensor norm = y.firstRows(1);
            return () -> bench.backend().rmsNorm(x, norm, 1e-5f, out);
        });
        elementwise(
                "sum of " + many + " rows of " + width,
                3 * row * many,
                many,
                width,
                (bench, x, y, out) -> () -> bench.backend().add(out, y));
        elementwise(
                "SwiGLU of " + many + " rows of " + width,
                3 * row * many,
                many,
                width,
                (bench, x, y, out) -> () -> bench.backend().swiGlu(x, y, out));
        int vocabulary = part(128_256, 32);
        choice("argmax of " + vocabulary, vocabulary, 1);
        choice("top 64 of " + vocabulary, vocabulary, 64);
    }

    private interface Elementwise {
        Runnable of(Workbench bench, Tensor x, Tensor y, Tensor out);
    }

    private void elementwise(String name, long bytes, int rows, int width, Elementwise operation) {
        add(name, Activations.F32, false, bytes, 0, F32, bench -> seed -> {
            Tensor x = bench.normal(seed, rows, width);
            Tensor y = bench.normal(seed + 1, rows, width);
            Tensor out = bench.normal(seed + 2, rows, width);
            return copy(bench, out, operation.of(bench, x, y, out));
        });
    }

    private void choice(String name, int vocabulary, int k) {
        Exercise.Setting setting = (backend, arena) -> seed -> {
            Workbench bench = new Workbench(backend, arena);
            Tensor logits = bench.normal(seed, 1, vocabulary);
            return new Choice(backend, logits, k);
        };
        all.add(new Exercise(name, Activations.F32, false, 4L * vocabulary, 0, 0, false, setting, null));
    }

    // ----

    @FunctionalInterface
    private interface Bench {
        Exercise.Operands on(Workbench bench);
    }

    private void add(
            String name,
            Activations activations,
            boolean tensorCores,
            long bytes,
            long multiplyAdds,
            double tolerance,
            Bench bench) {
        Exercise.Setting setting = (backend, arena) -> bench.on(new Workbench(backend, arena));
        all.add(new Exercise(name, activations, tensorCores, bytes, multiplyAdds, tolerance, true, setting, null));
    }

    private static Exercise.Copy copy(Workbench bench, Tensor out, Runnable operation) {
        return new Exercise.Copy() {
            @Override
            public void run() {
                operation.run();
            }

            @Override
            public float[] result() {
                return bench.numbers(out);
            }
        };
    }
}
