package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shapes enumerated, and others drawn with a fixed seed: near the definition, clean under all checkers, and the same bits in
 * three orders of blocks and warps. What a shape may cost is limited, so that none is slow; the slow suite has more and larger
 * ones.
 */
class GpuShapesTest {
    private static final int[] HEAD_DIMS = {64, 80, 96, 128};
    private static final int[] CONTEXTS = {65, 66, 33, 70, 64, 97, 1, 129, 67}; // as many as numbers of heads
    private static final int[] ROWS = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33, 63, 64, 65, 70};
    private static final int MOST_ROWS = 70;
    private static final int[] WIDTHS = {1, 7, 15, 16, 17, 31, 33, 63, 65, 100, 207, 288};

    /** What a cache holds, and the arithmetic on it. */
    enum Cache {
        F16(64),
        F32(80),
        Q8_0(96),
        /** In f16, by tensor cores. */
        HALVES(128);

        /** Of long contexts. */
        final int headDim;

        Cache(int headDim) {
            this.headDim = headDim;
        }

        AttentionContext context(int heads, int kvHeads, int headDim, int... lengths) {
            return this == HALVES
                    ? AttentionContext.inHalves(heads, kvHeads, headDim, lengths)
                    : new AttentionContext(DType.valueOf(name()), heads, kvHeads, headDim, lengths);
        }
    }

    /** Every number of kv heads, each with every size of heads: caches go round, so that each meets each. */
    @ParameterizedTest(name = "{0} heads")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void attendsWithEveryNumberOfHeads(int heads) {
        attendWithEveryNumberOfKvHeads(heads, 0, 1, 60_000);
    }

    @Tag("slow")
    @ParameterizedTest(name = "{0} heads")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void attendsWithEveryNumberOfHeadsInTheOtherCaches(int heads) {
        attendWithEveryNumberOfKvHeads(heads, 1, Cache.values().length, 250_000);
    }

    private static void attendWithEveryNumberOfKvHeads(int heads, int firstCache, int endCache, int mostProducts) {
        int turn = 3 * heads;
        for (int kvHeads = 1; kvHeads <= heads; kvHeads++) {
            if (heads % kvHeads == 0) {
                for (int headDim : HEAD_DIMS) {
                    for (int i = firstCache; i < endCache; i++) {
                        attend(
                                Cache.values()[(turn + i) % Cache.values().length],
                                heads,
                                kvHeads,
                                headDim,
                                turn + i,
                                mostProducts);
                    }
                    turn++;
                }
                turn++;
            }
        }
    }

    /** The last rows of a context, in one call with sequences of other lengths, and the last row of each. */
    private static void attend(Cache cache, int heads, int kvHeads, int headDim, int turn, int mostProducts) {
        int context = CONTEXTS[turn % CONTEXTS.length];
        int rows = ROWS[turn % ROWS.length];
        rows = Math.max(1, Math.min(Math.min(rows, context), mostProducts / (heads * headDim * context)));
        String what =
                heads + " heads on " + kvHeads + " of " + headDim + ", " + cache + ", " + rows + " rows of " + context;
        requireCorrect(cache.context(heads, kvHeads, headDim, context, 1, 3).rowsAndEnds(what, rows));
    }

    /** Before, at and after the end of each page; splits end with every fourth. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(Cache.class)
    void attendsAtTheEndsOfAllPages(Cache cache) {
        List<Integer> contexts = new ArrayList<>(List.of(1, 2, 31, 32, 33));
        for (int end = KvLayer.PAGE_TOKENS; end < 1000; end += KvLayer.PAGE_TOKENS) {
            contexts.addAll(List.of(end - 1, end, end + 1));
        }
        contexts.addAll(List.of(999, 1000));
        int[] all = contexts.stream().mapToInt(c -> c).toArray();
        requireCorrect(cache.context(2, 1, cache.headDim, 1000, 1, 3).withinAndAlone(cache + " to 1000", all));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void multipliesAtShapesDrawn(long seed) {
        multiply(new Random(seed), 20_000);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void multipliesAtLargerShapesDrawn(long seed) {
        Random random = new Random(seed);
        multiply(random, 300_000);
        multiply(random, 300_000);
    }

    /** Types take turns, and so do kernels for floats, for codes and for tensor cores. */
    @Tag("slow")
    @Test
    void multipliesEveryNumberOfRows() {
        DType[] types = DType.values();
        for (int rows = 1; rows <= MOST_ROWS; rows++) {
            for (int i = rows % 2; i < types.length; i += 2) {
                DType type = types[i];
                int kernel = (rows / 2 + i / 2) % 3;
                Product product = new Product(type, rows, type.isQuantised() ? 32 : 7, 17, rows % 4 < 2);
                String what = type + ", " + rows + " rows";
                if (kernel == 0 && rows > 16) {
                    requireCorrect(product.rounded(what + ", tensor cores"));
                } else {
                    requireCorrect(product.near(what, kernel == 1 ? Activations.INT8 : Activations.F32));
                }
            }
        }
    }

    /** Operations take turns. */
    @Tag("slow")
    @Test
    void computesEveryNumberOfRows() {
        for (int rows = 1; rows <= MOST_ROWS; rows++) {
            int columns = WIDTHS[rows % WIDTHS.length];
            int headDim = HEAD_DIMS[rows / 2 % HEAD_DIMS.length];
            Rotation.Pairs pairs = rows % 2 == 0 ? Rotation.Pairs.ADJACENT : Rotation.Pairs.HALVES;
            requireCorrect(RowJudges.rope(pairs, rows, 1 + rows % 9, headDim, headDim - rows % 5 * 8));
            requireCorrect(
                    switch (rows % 5) {
                        case 0 -> RowJudges.add(rows, columns);
                        case 1 -> RowJudges.swiGlu(rows, columns);
                        case 2 -> RowJudges.gather(rows + 1, columns);
                        default -> RowJudges.rmsNorm(rows, columns, 1e-5f);
                    });
        }
    }

    /** The bits of the plain kernels; types of weights and caches take turns, so that each size of heads meets each. */
    @Tag("slow")
    @ParameterizedTest(name = "{0} heads")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void fusesEveryNumberOfHeads(int heads) {
        int turn = 0;
        for (int kvHeads = 1; kvHeads <= heads; kvHeads++) {
            if (heads % kvHeads == 0) {
                for (int headDim : HEAD_DIMS) {
                    requireCorrect(FusedJudges.attentionInput(
                            FusedJudges.TYPES.get((heads + turn) % 4),
                            (heads + turn) % 8 < 4 ? DType.F16 : DType.F32,
                            new FusedLayer.Shape(
                                    32,
                                    32,
                                    heads,
                                    kvHeads,
                                    headDim,
                                    turn % 2 == 0,
                                    headDim / 2 - turn % 3,
                                    heads % 2 == 0)));
                    turn++;
                }
                turn++;
            }
        }
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
