package dev.gatun.runtime.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.reference.ReferenceBackend;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.TestData;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufForge;
import java.lang.foreign.Arena;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model's metadata and tensors must say of each other; each case is a valid tiny model with one lie. */
class ModelConfigTest {
    private static final double NO_FLOAT = Double.NaN;

    /** A lie and part of the sentence that refuses it. */
    record Lie(String expected, UnaryOperator<GgufForge> change) {
        @Override
        public String toString() {
            return expected;
        }
    }

    private static Lie count(String key, long value, String expected) {
        return new Lie(expected, forge -> forge.uint32("llama." + key, value));
    }

    private static Lie number(String key, double value, String expected) {
        return new Lie(expected, forge -> forge.float32("llama." + key, (float) value));
    }

    static Stream<Lie> metadata() {
        return Stream.of(
                new Lie("general.architecture should be present", forge -> forge.without("general.architecture")),
                new Lie(
                        "general.architecture should be STRING, found UINT32",
                        forge -> forge.uint32("general.architecture", 1)),
                new Lie(
                        "The architecture 'mamba' is not supported; supported are [llama, qwen2].",
                        forge -> forge.string("general.architecture", "mamba")),
                new Lie("The architecture '' is not supported", forge -> forge.string("general.architecture", "")),
                new Lie("'\\u001b[2J\\u202e'", forge -> forge.string("general.architecture", "\u001b[2J\u202e")),
                new Lie(
                        "The file is part 2 of a model split into 3; join the parts into one file first.",
                        forge -> forge.value("split.no", 2, GgufForge.int16(1))
                                .value("split.count", 2, GgufForge.int16(3))),
                new Lie("llama.block_count should be present", forge -> forge.without("llama.block_count")),
                count("block_count", 0, "llama.block_count is 0; expected 1 to 1024."),
                count("block_count", 1_025, "llama.block_count is 1025; expected 1 to 1024."),
                count("embedding_length", 0, "llama.embedding_length is 0"),
                count("embedding_length", 1L << 31, "llama.embedding_length should be a 32-bit integer"),
                count("feed_forward_length", 0, "llama.feed_forward_length is 0"),
                count("attention.head_count", 0, "llama.attention.head_count is 0"),
                count("attention.head_count", 4_097, "llama.attention.head_count is 4097"),
                count("attention.head_count_kv", 0, "llama.attention.head_count_kv is 0; expected 1 to 4."),
                count("attention.head_count_kv", 8, "llama.attention.head_count_kv is 8; expected 1 to 4."),
                count(
                        "attention.head_count_kv",
                        3,
                        "attention.head_count is 4, which is not a multiple of attention.head_count_kv, 3."),
                count("attention.key_length", 15, "key_length is 15"),
                count("attention.key_length", 2_048, "key_length is 2048"),
                count("attention.value_length", 32, "key_length is 16, value_length is 32."),
                count("context_length", 0, "llama.context_length is 0"),
                count("context_length", 1L << 31, "llama.context_length should be a 32-bit integer, found 2147483648."),
                count("context_length", (1L << 31) - 1, "llama.context_length is 2147483647"),
                count("rope.dimension_count", 0, "llama.rope.dimension_count is 0; expected 2 to 16."),
                count("rope.dimension_count", 18, "llama.rope.dimension_count is 18; expected 2 to 16."),
                count("rope.dimension_count", 5, "llama.rope.dimension_count is 5; expected an even number."),
                number("rope.freq_base", NO_FLOAT, "llama.rope.freq_base is NaN"),
                number("rope.freq_base", 0, "llama.rope.freq_base is 0.0"),
                number("rope.freq_base", -1, "llama.rope.freq_base is -1.0"),
                number("rope.freq_base", Double.POSITIVE_INFINITY, "llama.rope.freq_base is Infinity"),
                count("rope.freq_base", 10_000, "llama.rope.freq_base should be FLOAT32, found UINT32."),
                number("attention.layer_norm_rms_epsilon", NO_FLOAT, "layer_norm_rms_epsilon is NaN"),
                number("attention.layer_norm_rms_epsilon", 0, "layer_norm_rms_epsilon is 0.0"),
                number("attention.layer_norm_rms_epsilon", -1e-5, "layer_norm_rms_epsilon is -"),
                new Lie(
                        "llama.rope.scaling.type is 'yarn'; supported are",
                        forge -> forge.string("llama.rope.scaling.type", "yarn")),
                new Lie(
                        "llama.rope.scaling.factor is NaN",
                        forge -> forge.string("llama.rope.scaling.type", "linear")
                                .float32("llama.rope.scaling.factor", Float.NaN)),
                new Lie(
                        "rope_freqs.weight is F32 [1][7]; expected F32 [1][8].",
                        forge -> forge.tensor("rope_freqs.weight", GgufForge.F32, new byte[28], 7)),
                new Lie(
                        "rope_freqs.weight[0] is 0.0; expected a positive finite number.",
                        forge -> forge.tensor("rope_freqs.weight", GgufForge.F32, new byte[32], 8)),
                new Lie("no tensor 'token_embd.weight'", forge -> forge.withoutTensor("token_embd.weight")),
                new Lie(
                        "which is not a multiple of attention.head_count, 5.",
                        forge -> forge.without("llama.attention.key_length")
                                .uint32("llama.attention.head_count", 5)
                                .uint32("llama.attention.head_count_kv", 5)),
                new Lie(
                        "llama.attention.head_count_kv should be an integer, found array of UINT32.",
                        forge -> forge.array("llama.attention.head_count_kv", 4, 1, GgufForge.int32(2))));
    }

    static Stream<Lie> tensors() {
        float[] fits = new float[64 * 64];
        byte[] bytes = GgufForge.floats(fits);
        return Stream.of(
                count("block_count", 3, "The file has no tensor 'blk.2.attn_norm.weight'"),
                count("block_count", 1, "does not use: blk.1."),
                new Lie("no tensor 'blk.1.ffn_up.weight'", forge -> forge.withoutTensor("blk.1.ffn_up.weight")),
                new Lie("no tensor 'output_norm.weight'", forge -> forge.withoutTensor("output_norm.weight")),
                new Lie(
                        "blk.1.attn_k.weight is [64][64]; expected [32][64] by the file's hyper-parameters.",
                        forge -> forge.tensor("blk.1.attn_k.weight", GgufForge.F32, bytes, 64, 64)),
                new Lie(
                        "blk.0.ffn_down.weight is [96][64]; expected [64][96]",
                        forge -> forge.tensor("blk.0.ffn_down.weight", GgufForge.F32, new byte[4 * 64 * 96], 64, 96)),
                new Lie(
                        "output.weight is [60][64]; expected [61][64]",
                        forge -> forge.tensor("output.weight", GgufForge.F32, new byte[4 * 60 * 64], 64, 60)),
                new Lie(
                        "blk.0.attn_norm.weight is [1][63]; expected [1][64]",
                        forge -> forge.tensor("blk.0.attn_norm.weight", GgufForge.F32, new byte[4 * 63], 63)),
                new Lie(
                        "blk.0.attn_norm.weight is Q4_0; expected F32, F16 or BF16.",
                        forge -> forge.tensor("blk.0.attn_norm.weight", GgufForge.Q4_0, new byte[36], 64)),
                new Lie(
                        "blk.0.attn_q.bias is [1][32]; expected [1][64]",
                        forge -> forge.tensor("blk.0.attn_q.bias", GgufForge.F32, new byte[4 * 32], 32)),
                new Lie(
                        "does not use: blk.0.ffn_gate_inp.weight.",
                        forge -> forge.tensor("blk.0.ffn_gate_inp.weight", GgufForge.F32, new byte[4], 1)),
                new Lie(
                        "does not use: \\u001b[31m.",
                        forge -> forge.tensor("\u001b[31m", GgufForge.F32, new byte[4], 1)),
                count("attention.head_count", 8, "blk.0.attn_q.weight is [64][64]; expected [128][64]"),
                count("embedding_length", 32, "token_embd.weight is [61][64]; expected [61][32]"));
    }

    @ParameterizedTest
    @MethodSource("metadata")
    void refusesTheMetadata(Lie lie) {
        GgufFile file = lie.change().apply(TinyModel.llama(DType.F32).forge()).parse();
        assertRefuses(lie, assertThrows(InvalidInputException.class, () -> ModelConfig.of(file)));
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void refusesTheTensors(Lie lie) {
        GgufFile file = lie.change().apply(TinyModel.llama(DType.F32).forge()).parse();
        ModelConfig config = ModelConfig.of(file);
        assertRefuses(lie, assertThrows(InvalidInputException.class, () -> load(file, config)));
    }

    private static void assertRefuses(Lie lie, InvalidInputException refused) {
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(lie.expected()), message);
        assertTrue(message.endsWith(".") && message.codePoints().noneMatch(Character::isISOControl), message);
    }

    private static void load(GgufFile file, ModelConfig config) {
        try (Backend backend = new ReferenceBackend(Activations.F32);
                Arena arena = Arena.ofConfined()) {
            Transformer.load(file, config, backend, arena, 1, 1);
        }
    }

    @Test
    void theModelBehindAllCasesIsValid() {
        TinyModel model = TinyModel.llama(DType.F32);
        ModelConfig config = ModelConfig.of(model.file());
        load(model.file(), config);
        assertEquals("llama", config.architecture());
        assertEquals(2, config.layers());
        assertEquals(64, config.width());
        assertEquals(96, config.hidden());
        assertEquals(4, config.heads());
        assertEquals(2, config.kvHeads());
        assertEquals(16, config.headDim());
        assertEquals(61, config.vocabulary());
        assertEquals(1_024, config.contextLength());
        assertEquals(TinyModel.EPSILON, config.epsilon());
        assertEquals(0.25f, config.attentionScale());
        assertEquals(2 * 2 * 2 * 16 * 2, config.kvBytesPerToken(2));
    }

    @Test
    void fallsBackWhereTheFormatHasDefaults() {
        GgufForge forge = TinyModel.llama(DType.F32)
                .forge()
                .without("llama.attention.key_length")
                .without("llama.attention.value_length")
                .without("llama.attention.head_count_kv")
                .without("llama.rope.dimension_count")
                .without("llama.rope.freq_base")
                .without("llama.attention.layer_norm_rms_epsilon");
        ModelConfig config = ModelConfig.of(forge.parse());
        assertEquals(4, config.kvHeads());
        assertEquals(16, config.headDim());
        assertEquals(16, config.rotation().dimensions());
        assertEquals(1e-5f, config.epsilon());
        assertEquals(Math.pow(10_000, -2.0 / 16), config.rotation().inverseFrequencies()[1]);
    }

    @Test
    void aMissingClassifierIsTheEmbedding() {
        TinyModel model = TinyModel.llama(DType.F32);
        model.forge().withoutTensor("output.weight");
        ModelConfig config = ModelConfig.of(model.file());
        load(model.file(), config);
    }

    @Test
    void rotationFollowsArchitectureAndScaling() {
        assertEquals(
                Rotation.Pairs.ADJACENT,
                ModelConfig.of(TinyModel.llama(DType.F32).file()).rotation().pairs());
        assertEquals(
                Rotation.Pairs.HALVES,
                ModelConfig.of(TinyModel.qwen2(DType.F32).file()).rotation().pairs());
        double[] plain = inverseFrequencies(forge -> forge);
        double[] linear = inverseFrequencies(
                forge -> forge.string("llama.rope.scaling.type", "linear").float32("llama.rope.scaling.factor", 4));
        double[] none = inverseFrequencies(forge -> forge.string("llama.rope.scaling.type", "none"));
        double[] divided = inverseFrequencies(
                forge -> forge.tensor("rope_freqs.weight", GgufForge.F32, GgufForge.floats(1, 1, 1, 1, 2, 2, 8, 8), 8));
        assertArrayEquals(plain, none);
        for (int i = 0; i < 8; i++) {
            assertEquals(Math.pow(TinyModel.BASE, -i / 8.0), plain[i], 1e-15);
            assertEquals(plain[i] / 4, linear[i], 1e-15);
            assertEquals(plain[i] / (i < 4 ? 1 : i < 6 ? 2 : 8), divided[i], 1e-15);
        }
    }

    private static double[] inverseFrequencies(UnaryOperator<GgufForge> change) {
        GgufFile file = change.apply(TinyModel.llama(DType.F32).forge()).parse();
        return ModelConfig.of(file).rotation().inverseFrequencies();
    }

    @Test
    void readsTheDefaultModel() {
        try (Arena arena = Arena.ofConfined()) {
            ModelConfig config = ModelConfig.of(GgufFile.open(TestData.smollm2(), arena));
            assertEquals(30, config.layers());
            assertEquals(576, config.width());
            assertEquals(1_536, config.hidden());
            assertEquals(9, config.heads());
            assertEquals(3, config.kvHeads());
            assertEquals(64, config.headDim());
            assertEquals(49_152, config.vocabulary());
            assertEquals(8_192, config.contextLength());
        }
    }
}
