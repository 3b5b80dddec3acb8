package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What cache and attention are asked: contexts that end within tiles, at page and split borders; a group of heads that takes
 * two blocks; heads that leave lanes without an element; and the same bits by the kernel for single rows and by the one for
 * tiles.
 */
final class AttentionJudges {
    private AttentionJudges() {}

    static void addTo(Map<String, Supplier<List<Question>>> questions) {
        for (DType type : new DType[] {DType.F16, DType.F32, DType.Q8_0}) {
            questions.put(Kernel.name("kv_append", type), () -> append(type));
            questions.put(Kernel.name("attention_decode", type), () -> decode(type));
            questions.put(Kernel.name("attention_prefill", type), () -> prefill(type));
        }
        questions.put("attention_merge", AttentionJudges::merge);
        questions.put("attention_tile_f16", AttentionJudges::tile);
    }

    /** The whole cache is compared, so that a row in a wrong place shows twice. */
    private static List<Question> append(DType type) {
        AttentionContext context =
                new AttentionContext(type, 3, 3, 136, 70, 1, 3); // longer than the heads that attention takes
        return List.of(Question.defined("append", context.hardToStore()::cacheAfterAppend, 0));
    }

    private static List<Question> decode(DType type) {
        return List.of(
                new AttentionContext(type, 4, 2, 104, 70, 1, 33).ends("one tile and several"),
                new AttentionContext(type, 4, 2, 104, 70, 1, 33).endsAsInPrefill("same bits"),
                new AttentionContext(type, 20, 2, 24, 34, 1, 32).ends("two blocks a group"),
                new AttentionContext(type, 3, 1, 72, 300, 1, 65).ends("two splits"),
                new AttentionContext(type, 3, 1, 128, 289, 1, 65).endsAsInPrefill("two splits, same bits"));
    }

    private static List<Question> merge() {
        return List.of(
                new AttentionContext(DType.F16, 3, 3, 96, 600, 1, 65).ends("three splits"),
                new AttentionContext(DType.F16, 3, 1, 72, 513, 1, 65).endsAsInPrefill("same bits"));
    }

    private static List<Question> prefill(DType type) {
        return List.of(
                new AttentionContext(type, 4, 2, 104, 45, 1, 3).rows("tiles of all sizes", 35),
                new AttentionContext(type, 2, 1, 24, 9, 1, 3).rows("short heads", 9),
                new AttentionContext(type, 3, 1, 72, 270, 1, 20).rows("over the end of a split", 12),
                new AttentionContext(type, 3, 1, 128, 290, 1, 20).rowsAsInDecode("same bits", 11));
    }

    /**
     * Rows and heads of a tile fill a block, one warp of it, or two blocks; blocks run over a split or over all. The largest
     * score is in the first split of some rows and in a later one of others.
     */
    private static List<Question> tile() {
        int[] contexts = {200, 256, 257, 300, 420, 511, 512, 513, 530};
        AttentionContext folded = AttentionContext.inHalves(2, 1, 128, 530, 1, 3);
        return List.of(
                AttentionContext.inHalves(4, 2, 104, 70, 1, 33).ends("single rows"),
                AttentionContext.inHalves(4, 2, 24, 75, 1, 3).rows("two blocks a tile", 40),
                AttentionContext.inHalves(3, 1, 72, 300, 1, 65).ends("two splits"),
                folded.within("three splits in a block", contexts),
                folded.withinAsInDecode("same bits", contexts));
    }
}
