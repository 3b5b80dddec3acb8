package dev.gatun.kernels.gpu;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The questions of every kernel. A new kernel needs a line in one of the classes named here: a name, and questions that go
 * through every path of the kernel at the smallest shapes that do.
 */
final class Judges {
    private static final Map<String, Supplier<List<Question>>> QUESTIONS = new TreeMap<>();

    static {
        RowJudges.addTo(QUESTIONS);
        MatmulJudges.addTo(QUESTIONS);
        AttentionJudges.addTo(QUESTIONS);
    }

    /**
     * Kernels that no questions have been written for yet: their contract tests check them, but no mutants were tried. The
     * list only gets shorter.
     */
    static final Set<String> WITHOUT_QUESTIONS = Set.of(
            "attention_decode_q8_0",
            "attention_prefill_q8_0",
            "attention_tile_f16",
            "gate_up_row_int8_q4_0",
            "gate_up_row_int8_q4_1",
            "gate_up_row_int8_q5_1",
            "gate_up_row_int8_q8_0",
            "kv_append_q8_0",
            "matmul_add_row_int8_q4_0",
            "matmul_add_row_int8_q4_1",
            "matmul_add_row_int8_q5_1",
            "matmul_add_row_int8_q8_0",
            "matmul_tile_int8_q4_0",
            "matmul_tile_int8_q4_1",
            "matmul_tile_int8_q5_1",
            "matmul_tile_int8_q8_0",
            "qkv_row_int8_q4_0",
            "qkv_row_int8_q4_1",
            "qkv_row_int8_q5_1",
            "qkv_row_int8_q8_0",
            "rms_norm_quantise",
            "top_k",
            "top_k_merge");

    private Judges() {}

    /** The kernels that have questions. */
    static Set<String> kernels() {
        return QUESTIONS.keySet();
    }

    static Judge of(String kernel) {
        Supplier<List<Question>> questions = QUESTIONS.get(kernel);
        if (questions == null) {
            throw new IllegalArgumentException("no questions are known for the kernel " + kernel);
        }
        return new Judge(kernel, questions.get());
    }
}
