package dev.gatun.runtime.model;

import dev.gatun.kernels.Rotation;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufMetadata;
import dev.gatun.runtime.gguf.Printable;
import java.util.List;
import java.util.Optional;

/**
 * The hyper-parameters of a decoder, read from a model file's metadata and checked once.
 *
 * @param architecture GGUF's name of the architecture
 * @param layers decoder layers
 * @param width elements of the residual stream
 * @param hidden elements of the feed-forward block
 * @param heads query heads
 * @param kvHeads key-value heads; {@code heads} is a multiple (grouped-query attention, Ainslie et al. 2023)
 * @param headDim elements of a head
 * @param vocabulary rows of the embedding table
 * @param contextLength positions the model was trained for
 * @param epsilon of the RMS norms
 * @param attentionScale factor on each query-key product: {@code 1 / sqrt(headDim)}
 * @param rotation rotary position embedding, scaling included
 */
public record ModelConfig(
        String architecture,
        int layers,
        int width,
        int hidden,
        int heads,
        int kvHeads,
        int headDim,
        int vocabulary,
        int contextLength,
        float epsilon,
        float attentionScale,
        Rotation rotation) {

    /** Architectures whose decoder is this one, as GGUF names them. */
    static final List<String> ARCHITECTURES = List.of("llama", "qwen2");

    private static final int MAX_LAYERS = 1_024;
    private static final int MAX_WIDTH = 1 << 20;
    private static final int MAX_HEADS = 4_096;
    private static final int MAX_CONTEXT = 1 << 26;

    /**
     * Reads and checks the hyper-parameters.
     *
     * @throws InvalidInputException naming the key, its value and what is expected
     */
    public static ModelConfig of(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String architecture = metadata.string("general.architecture");
        if (!ARCHITECTURES.contains(architecture)) {
            throw new InvalidInputException("The architecture '" + Printable.of(architecture)
                    + "' is not supported; supported are " + ARCHITECTURES + ".");
        }
        int parts = metadata.findInt32("split.count").orElse(1);
        if (parts > 1) {
            int part = metadata.findInt32("split.no").orElse(0) + 1;
            throw new InvalidInputException("The file is part " + part + " of a model split into " + parts
                    + "; join the parts into one file first.");
        }
        Keys keys = new Keys(metadata, architecture + ".");
        int layers = keys.count("block_count", 1, MAX_LAYERS);
        int width = keys.count("embedding_length", 1, MAX_WIDTH);
        int hidden = keys.count("feed_forward_length", 1, MAX_WIDTH);
        int heads = keys.count("attention.head_count", 1, MAX_HEADS);
        int kvHeads = keys.count("attention.head_count_kv", 1, heads, heads);
        int headDim = keys.headDim(width, heads);
        if (heads % kvHeads != 0) {
            throw new InvalidInputException(keys.prefix + "attention.head_count is " + heads
                    + ", which is not a multiple of attention.head_count_kv, " + kvHeads + ".");
        }
        int contextLength = keys.count("context_length", 1, MAX_CONTEXT);
        float epsilon = keys.number("attention.layer_norm_rms_epsilon", 1e-5f, 0, 1);
        int vocabulary = file.require("token_embd.weight").rows();
        return new ModelConfig(
                architecture,
                layers,
                width,
                hidden,
                heads,
                kvHeads,
                headDim,
                vocabulary,
                contextLength,
                epsilon,
                (float) (1 / Math.sqrt(headDim)),
                RotationReader.read(file, keys, headDim));
    }

    /** Bytes that one token's keys and values take in all layers, with {@code elementByteSize} bytes an element. */
    public long kvBytesPerToken(int elementByteSize) {
        return 2L * layers * kvHeads * headDim * elementByteSize;
    }

    /** Range-checked getters for the keys of one architecture. */
    record Keys(GgufMetadata metadata, String prefix) {

        int count(String name, int least, int most) {
            return inRange(name, metadata.int32(prefix + name), least, most);
        }

        int count(String name, int least, int most, int fallback) {
            return inRange(name, metadata.findInt32(prefix + name).orElse(fallback), least, most);
        }

        float number(String name, float fallback, double above, double most) {
            double value = metadata.findFloat32(prefix + name).orElse(fallback);
            if (!(value > above && value <= most)) {
                throw new InvalidInputException(
                        prefix + name + " is " + value + "; expected a number above " + above + " up to " + most + ".");
            }
            return (float) value;
        }

        Optional<String> text(String name) {
            return metadata.findString(prefix + name);
        }

        int headDim(int width, int heads) {
            if (!metadata.contains(prefix + "attention.key_length") && width % heads != 0) {
                throw new InvalidInputException(prefix + "embedding_length is " + width
                        + ", which is not a multiple of attention.head_count, " + heads + ".");
            }
            int headDim = count("attention.key_length", 2, 1_024, width / heads);
            int valueDim = count("attention.value_length", 2, 1_024, headDim);
            if (headDim % 2 != 0 || valueDim != headDim) {
                throw new InvalidInputException("Head sizes must be even and equal for keys and values: key_length is "
                        + headDim + ", value_length is " + valueDim + ".");
            }
            return headDim;
        }

        private int inRange(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new InvalidInputException(
                        prefix + name + " is " + value + "; expected " + least + " to " + most + ".");
            }
            return value;
        }
    }
}
