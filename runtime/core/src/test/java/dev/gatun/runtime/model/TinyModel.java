package dev.gatun.runtime.model;

import dev.gatun.kernels.DType;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufForge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * A random decoder small enough to compute by hand, as a file and as numbers.
 *
 * @param architecture {@code llama} or {@code qwen2}; the latter has biases on queries, keys and values
 * @param type how its matrices are stored: F32, Q4_0 or Q8_0
 * @param rotated rotated elements of a head
 * @param tied whether the classifier is the embedding
 * @param values of every tensor, by name, row-major
 * @param forge the file, to be changed by tests of damaged models
 */
public record TinyModel(
        String architecture,
        DType type,
        int layers,
        int width,
        int hidden,
        int heads,
        int kvHeads,
        int headDim,
        int rotated,
        int vocabulary,
        boolean tied,
        Map<String, float[]> values,
        GgufForge forge) {
    static final float EPSILON = 1e-5f;
    static final float BASE = 500f; // short wave lengths, so that a short context turns every pair

    static TinyModel llama(DType type) {
        return random("llama", type, 2, 64, 96, 4, 2, 16, 16, 61, false);
    }

    static TinyModel qwen2(DType type) {
        return random("qwen2", type, 3, 96, 160, 3, 1, 32, 32, 50, true);
    }

    /** One with a tokenizer of 256 bytes and a control token, so that an engine opens it. */
    public static TinyModel speaking(DType type) {
        TinyModel model = random("llama", type, 2, 64, 96, 4, 2, 16, 16, 257, false);
        String[] tokens = new String[257];
        int unprintable = 256;
        for (int value = 0; value < 256; value++) {
            boolean stands = (value > 32 && value < 127) || (value > 160 && value != 173);
            tokens[value] = String.valueOf((char) (stands ? value : unprintable++));
        }
        tokens[256] = "<end>";
        byte[][] types = new byte[257][];
        Arrays.fill(types, GgufForge.int32(1));
        types[256] = GgufForge.int32(3);
        model.forge
                .string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", "gpt-2")
                .strings("tokenizer.ggml.tokens", tokens)
                .array("tokenizer.ggml.token_type", 5, 257, types)
                .strings("tokenizer.ggml.merges")
                .uint32("tokenizer.ggml.eos_token_id", 256);
        return model;
    }

    /** Writes the file to {@code folder}. */
    public Path write(Path folder) throws IOException {
        return Files.write(folder.resolve(architecture + ".gguf"), forge.bytes());
    }

    /** Heads whose second half is not rotated and that are wider than the residual stream. */
    static TinyModel partlyRotated() {
        return random("llama", DType.F32, 2, 24, 40, 6, 3, 10, 4, 33, true);
    }

    private static TinyModel random(
            String architecture,
            DType type,
            int layers,
            int width,
            int hidden,
            int heads,
            int kvHeads,
            int headDim,
            int rotated,
            int vocabulary,
            boolean tied) {
        String prefix = architecture + ".";
        GgufForge forge = new GgufForge()
                .string("general.architecture", architecture)
                .uint32(prefix + "block_count", layers)
                .uint32(prefix + "embedding_length", width)
                .uint32(prefix + "feed_forward_length", hidden)
                .uint32(prefix + "attention.head_count", heads)
                .uint32(prefix + "attention.head_count_kv", kvHeads)
                .uint32(prefix + "attention.key_length", headDim)
                .uint32(prefix + "attention.value_length", headDim)
                .uint32(prefix + "rope.dimension_count", rotated)
                .uint32(prefix + "context_length", 1_024)
                .float32(prefix + "attention.layer_norm_rms_epsilon", EPSILON)
                .float32(prefix + "rope.freq_base", BASE);
        TinyModel model = new TinyModel(
                architecture,
                type,
                layers,
                width,
                hidden,
                heads,
                kvHeads,
                headDim,
                rotated,
                vocabulary,
                tied,
                new LinkedHashMap<>(),
                forge);
        model.fill(new Random(layers * 1_000 + width));
        return model;
    }

    private void fill(Random random) {
        boolean biases = architecture.equals("qwen2");
        matrix("token_embd.weight", vocabulary, width, random);
        for (int i = 0; i < layers; i++) {
            String layer = "blk." + i + ".";
            vector(layer + "attn_norm.weight", width, 1, random);
            matrix(layer + "attn_q.weight", heads * headDim, width, random);
            matrix(layer + "attn_k.weight", kvHeads * headDim, width, random);
            matrix(layer + "attn_v.weight", kvHeads * headDim, width, random);
            if (biases) {
                vector(layer + "attn_q.bias", heads * headDim, 0, random);
                vector(layer + "attn_k.bias", kvHeads * headDim, 0, random);
                vector(layer + "attn_v.bias", kvHeads * headDim, 0, random);
            }
            matrix(layer + "attn_output.weight", width, heads * headDim, random);
            vector(layer + "ffn_norm.weight", width, 1, random);
            matrix(layer + "ffn_gate.weight", hidden, width, random);
            matrix(layer + "ffn_up.weight", hidden, width, random);
            matrix(layer + "ffn_down.weight", width, hidden, random);
        }
        vector("output_norm.weight", width, 1, random);
        if (!tied) {
            matrix("output.weight", vocabulary, width, random);
        }
    }

    private void vector(String name, int length, float around, Random random) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = around + (float) random.nextGaussian() / 4;
        }
        values.put(name, numbers);
        forge.tensor(name, GgufForge.F32, GgufForge.floats(numbers), length);
    }

    private void matrix(String name, int rows, int columns, Random random) {
        float[] numbers = new float[rows * columns];
        byte[] bytes;
        if (type == DType.F32) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
            }
            bytes = GgufForge.floats(numbers);
        } else {
            bytes = groups(numbers, columns, random);
        }
        values.put(name, numbers);
        forge.tensor(name, type == DType.F32 ? 0 : type == DType.Q4_0 ? 2 : 8, bytes, columns, rows);
    }

    /** Random groups of Q4_0 or Q8_0, and the numbers they stand for. */
    private byte[] groups(float[] numbers, int columns, Random random) {
        boolean nibbles = type == DType.Q4_0;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int begin = 0; begin < numbers.length; begin += 32) {
            ByteBuffer group = ByteBuffer.allocate(type.groupByteSize()).order(ByteOrder.LITTLE_ENDIAN);
            short half = Float.floatToFloat16(
                    (float) ((0.5 + random.nextDouble()) / Math.sqrt(columns)) / (nibbles ? 4 : 64));
            float scale = Float.float16ToFloat(half);
            group.putShort(half);
            for (int i = 0; i < (nibbles ? 16 : 32); i++) {
                int code = random.nextInt(-128, 128);
                group.put((byte) code);
                if (nibbles) {
                    numbers[begin + i] = scale * ((code & 15) - 8);
                    numbers[begin + 16 + i] = scale * (((code >> 4) & 15) - 8);
                } else {
                    numbers[begin + i] = scale * code;
                }
            }
            all.writeBytes(group.array());
        }
        return all.toByteArray();
    }

    GgufFile file() {
        return forge.parse();
    }

    @Override
    public String toString() {
        return architecture + " " + type + " " + heads + "/" + kvHeads + " heads of " + headDim;
    }
}
