package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What products and embeddings are asked: more steps than one with a ragged end, outputs and rows that do not fill the last
 * block, with bias and without, and the same bits by the kernel for one row and by the kernel for several.
 */
final class MatmulJudges {
    private static final int OUTPUTS = 19;

    private MatmulJudges() {}

    static void addTo(Map<String, Supplier<List<Question>>> questions) {
        for (DType type : DType.values()) {
            if (type == DType.Q5_0) {
                continue; // has no kernels of its own
            }
            questions.put(Kernel.name("embed", type), () -> embed(type));
            questions.put(Kernel.name("matmul_row", type), () -> rows(type, Activations.F32, 1));
            questions.put(Kernel.name("matmul_rows", type), () -> rows(type, Activations.F32, 6));
            questions.put(Kernel.name("matmul_tile", type), () -> tiles(type));
            if (type.isQuantised()) {
                questions.put(Kernel.name("matmul_row_int8", type), () -> rows(type, Activations.INT8, 1));
                questions.put(Kernel.name("matmul_rows_int8", type), () -> rows(type, Activations.INT8, 6));
                questions.put(Kernel.name("matmul_tile_int8", type), () -> codeTiles(type));
            }
        }
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            questions.put(Kernel.name("matmul_tile_sm90a", type), () -> warpgroupTiles(type));
        }
        questions.put("pad_columns", MatmulJudges::padding);
        questions.put("quantise_rows", MatmulJudges::quantising);
    }

    private static List<Question> embed(DType type) {
        int columns = type.isQuantised() ? 288 : 301;
        MemorySegment bytes = Twins.weights(type, 9, columns, columns);
        return List.of(Question.defined(
                "embed",
                (backend, arena) -> {
                    Batch batch = new Batch(arena, 5, 1, 1);
                    batch.addSequence(new int[] {0}, 1);
                    for (int row = 0; row < 3; row++) {
                        batch.add(8 - 3 * row, row, 0, false);
                    }
                    Tensor out = Question.empty(backend, arena, 3, columns);
                    backend.embed(backend.weights(arena, type, 9, columns, bytes), batch, out);
                    return Twins.floats(backend, out);
                },
                0));
    }

    private static List<Question> rows(DType type, Activations activations, int rows) {
        int columns = type.isQuantised() ? 288 : 207;
        List<Question> questions = new ArrayList<>();
        questions.add(new Product(type, rows, columns, OUTPUTS, true).near("with bias", activations));
        questions.add(invariance(new Product(type, Math.max(rows, 2), columns, OUTPUTS, true), activations));
        questions.add(new Product(type, rows, columns, 16, false).exact("exact, without bias", activations, false));
        questions.add(new Product(type, rows, columns, 33, true).exact("exact, with bias", activations, false));
        if (activations == Activations.F32) { // blocks stage a row in pieces of 2048 columns, four of 1024
            int longer = rows == 1 ? 2144 : 1120;
            questions.add(new Product(type, rows, longer, 17, false).exact("more than a chunk", activations, false));
        }
        if (rows > 1) { // each place of a row in its block of four is the last once
            questions.add(new Product(type, 5, 32, 17, true).exact("one row in the last block", activations, false));
            questions.add(new Product(type, 7, 32, 17, true).exact("three rows in the last block", activations, false));
        }
        return questions;
    }

    private static Question invariance(Product product, Activations activations) {
        int rows = product.rows();
        int outputs = product.outputs();
        Question.Operation together = (backend, arena) -> product.result(backend, arena, 0, rows);
        Question.Operation alone = (backend, arena) -> {
            float[] results = new float[rows * outputs];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(product.result(backend, arena, row, 1), 0, results, row * outputs, outputs);
            }
            return results;
        };
        return Question.same("rows alone", activations, false, rows * outputs, together, alone);
    }

    /** Each of the four tiles of a warp in either direction is the last once, and its last output is an odd one. */
    private static List<Question> tiles(DType type) {
        int columns = type.isQuantised() ? 96 : 69; // half of what a thread stages is past the end: the second half
        int longer = type.isQuantised() ? 288 : 85; // and again for the other thread of a row; two panels of scales
        return List.of(
                new Product(type, 70, columns, 75, true).isolated("a row and an output that are infinite"),
                new Product(type, 70, longer, 75, true).rounded("two blocks each way"),
                new Product(type, 35, 32, 69, true).exact("first tiles", Activations.F32, true),
                new Product(type, 44, 64, 77, true).exact("second tiles", Activations.F32, true),
                new Product(type, 53, 64, 85, true).exact("third tiles", Activations.F32, true),
                new Product(type, 62, 32, 93, true).exact("fourth tiles", Activations.F32, true),
                new Product(type, 32, 32, 65, false).exact("without bias", Activations.F32, true));
    }

    /** The ring of stages goes round, and each of the sixteen tiles of eight outputs is the last once, torn at an odd one. */
    private static List<Question> warpgroupTiles(DType type) {
        List<Question> questions = new ArrayList<>();
        questions.add(new Product(type, 66, 69, 75, true).isolated("a row and an output that are infinite"));
        questions.add(new Product(type, 130, 85, 131, true).rounded("two blocks each way"));
        questions.add(new Product(type, 73, 328, 41, true).exact("six steps", Activations.F32, true));
        questions.add(new Product(type, 65, 72, 127, false).exact("without bias", Activations.F32, true));
        for (int tile = 0; tile < 16; tile++) {
            int outputs = 8 * tile + 1 + 2 * (tile % 4);
            questions.add(new Product(type, 73 + tile, 8 + tile % 8 * 8, outputs, true)
                    .exact("torn tile " + tile, Activations.F32, true));
        }
        return List.copyOf(questions);
    }

    /** Also, one of the eight sums of an output has two groups, seven one; and one has one, seven none. */
    private static List<Question> codeTiles(DType type) {
        Product product = new Product(type, 70, 288, 75, true);
        product.x()[20 * 288 + 7] = Float.POSITIVE_INFINITY; // the other rows must not see that
        return List.of(
                inTile("two blocks each way", product),
                inTile("first tiles", new Product(type, 35, 32, 69, true)),
                inTile("second tiles", new Product(type, 44, 64, 77, true)),
                inTile("third tiles", new Product(type, 53, 32, 85, true)),
                inTile("fourth tiles", new Product(type, 62, 96, 93, true)),
                inTile("without bias", new Product(type, 32, 32, 65, false)));
    }

    /** The bits of fewer rows, which are no tile. */
    private static Question inTile(String what, Product product) {
        int rows = product.rows();
        int outputs = product.outputs();
        return Question.agreeing(
                what,
                Activations.INT8,
                (backend, arena) -> product.result(backend, arena, 0, rows),
                (backend, arena) -> {
                    float[] results = new float[rows * outputs];
                    for (int begin = 0; begin < rows; begin += 12) {
                        int count = Math.min(12, rows - begin);
                        float[] few = product.result(backend, arena, begin, count);
                        System.arraycopy(few, 0, results, begin * outputs, count * outputs);
                    }
                    return results;
                });
    }

    /** Each padded column meets a weight. */
    private static List<Question> padding() {
        return List.of(
                new Product(DType.F32, 3, 131, 7, false).near("longer than a block", Activations.F32),
                new Product(DType.F32, 3, 300, 7, false).near("longer than two", Activations.F32));
    }

    private static List<Question> quantising() {
        Product product = new Product(DType.Q4_1, 3, 544, 33, false);
        float[] x = product.x();
        Arrays.fill(x, 64, 96, 0f);
        Arrays.fill(x, 128, 160, 1e-39f); // their inverse is infinite
        x[200] = 1e30f;
        for (int i = 0; i < 32; i++) {
            x[288 + i] = i == 17 ? -127 : 0.5f + i; // ties, and the largest is negative
        }
        return List.of(
                product.near("groups of all kinds", Activations.INT8),
                new Product(DType.Q8_0, 2, 1120, 9, false).near("more than a block", Activations.INT8));
    }
}
