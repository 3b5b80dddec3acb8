package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Rotation;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shapes drawn at random, with a fixed seed: near the definition, clean under all checkers, and the same bits in three orders
 * of blocks and warps. What a draw may cost is limited, so that no draw is slow; the slow suite draws more and larger ones.
 */
class GpuShapesTest {
    private static final int[] HEAD_DIMS = {64, 80, 96, 128};
    private static final int[] CONTEXTS = {1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513, 960, 1000
    };
    private static final int[] ROWS = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33, 63, 64, 65, 70};
    private static final int[] WIDTHS = {1, 7, 15, 16, 17, 31, 33, 63, 65, 100, 207, 288};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void attendsAtShapesDrawn(long seed) {
        attend(new Random(seed), 300_000);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void attendsAtLargerShapesDrawn(long seed) {
        attend(new Random(seed), 2_500_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void multipliesAtShapesDrawn(long seed) {
        multiply(new Random(seed), 20_000);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void multipliesAtLargerShapesDrawn(long seed) {
        Random random = new Random(seed);
        multiply(random, 300_000);
        multiply(random, 300_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void computesRowsAtShapesDrawn(long seed) {
        Random random = new Random(seed);
        int rows = one(random, ROWS);
        int columns = one(random, WIDTHS);
        int headDim = one(random, HEAD_DIMS);
        int heads = 1 + random.nextInt(9);
        requireCorrect(RowJudges.add(rows, columns));
        requireCorrect(RowJudges.swiGlu(rows, columns));
        requireCorrect(RowJudges.gather(rows + 1, columns));
        requireCorrect(RowJudges.rmsNorm(rows, columns, 1e-5f));
        for (Rotation.Pairs pairs : Rotation.Pairs.values()) {
            requireCorrect(RowJudges.rope(pairs, rows, heads, headDim, headDim - 2 * random.nextInt(headDim / 2)));
        }
    }

    /** The last rows of a context, in one call with sequences of other lengths. */
    private static void attend(Random random, int mostProducts) {
        int heads;
        int headDim;
        int context;
        int rows;
        do {
            heads = 1 + random.nextInt(9);
            headDim = one(random, HEAD_DIMS);
            context = random.nextBoolean() ? one(random, CONTEXTS) : 1 + random.nextInt(1000);
            rows = Math.min(context, one(random, ROWS));
        } while ((long) heads * headDim * context * rows > mostProducts);
        int kvHeads = 1 + random.nextInt(heads);
        while (heads % kvHeads != 0) {
            kvHeads--;
        }
        DType type = random.nextBoolean() ? DType.F16 : DType.F32;
        String what =
                heads + " heads on " + kvHeads + " of " + headDim + ", " + type + ", " + rows + " rows of " + context;
        AttentionContext attention = new AttentionContext(type, heads, kvHeads, headDim, context, 1, 3);
        requireCorrect(attention.rows(what, rows));
        requireCorrect(attention.ends(what + ", last"));
    }

    /** Every type in turn would be drawn anyway; each draw has them all. */
    private static void multiply(Random random, int mostProducts) {
        int rows;
        int columns;
        int outputs;
        do {
            rows = one(random, ROWS);
            columns = one(random, WIDTHS);
            outputs = 1 + random.nextInt(80);
        } while ((long) rows * columns * outputs > mostProducts);
        boolean withBias = random.nextBoolean();
        for (DType type : DType.values()) {
            int whole = type.isQuantised() ? Math.ceilDiv(columns, 32) * 32 : columns;
            Product product = new Product(type, rows, whole, outputs, withBias);
            String what = type + " [" + rows + "][" + whole + "] x " + outputs;
            requireCorrect(product.near(what, Activations.F32));
            requireCorrect(product.near(what + " int8", Activations.INT8));
            if (rows > 16) {
                requireCorrect(product.rounded(what + " tensor cores"));
            }
        }
    }

    private static void requireCorrect(Question question) {
        float[] forward = Judge.requireCorrect(question, "forward");
        for (String order : new String[] {"reverse", "random(3)"}) {
            assertArrayEquals(forward, Judge.requireCorrect(question, order), question.what());
        }
    }

    private static int one(Random random, int[] of) {
        return of[random.nextInt(of.length)];
    }
}
