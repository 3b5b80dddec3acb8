package dev.gatun.runtime.model;

import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.Tensor;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufTensor;
import dev.gatun.runtime.gguf.Printable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Brings a file's tensors into a backend's memory, each checked against the shape the hyper-parameters ask for. */
final class WeightLoader {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final GgufFile file;
    private final ModelConfig config;
    private final Backend backend;
    private final Arena arena;
    private final Set<String> unused = new TreeSet<>();
    private final LongConsumer loaded;
    private long byteSize;
    private long loadedBytes;

    private WeightLoader(GgufFile file, ModelConfig config, Backend backend, Arena arena, LongConsumer loaded) {
        this.file = file;
        this.config = config;
        this.backend = backend;
        this.arena = arena;
        this.loaded = loaded;
        file.tensors().forEach(tensor -> unused.add(tensor.name()));
    }

    /**
     * Loads every weight of the model into {@code arena}.
     *
     * @param loaded told after each tensor how many bytes of the file's tensors are loaded
     * @throws InvalidInputException if a tensor is missing, misshapen, or not part of this architecture: what a model
     *     holds is used or refused, never ignored
     */
    static ModelWeights load(GgufFile file, ModelConfig config, Backend backend, Arena arena, LongConsumer loaded) {
        return new WeightLoader(file, config, backend, arena, loaded).load();
    }

    private ModelWeights load() {
        Tensor embedding = matrix("token_embd.weight", config.vocabulary(), config.width());
        long embeddingByteSize = byteSize;
        List<LayerWeights> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer("blk." + i + "."));
        }
        Tensor outputNorm = vector("output_norm.weight", config.width());
        boolean tied = file.tensor("output.weight").isEmpty();
        Tensor classifier = tied ? embedding : matrix("output.weight", config.vocabulary(), config.width());
        unused.remove("rope_freqs.weight");
        if (!unused.isEmpty()) {
            throw new InvalidInputException("The file holds tensors that the architecture '" + config.architecture()
                    + "' does not use: "
                    + String.join(
                            ", ", unused.stream().limit(5).map(Printable::of).toList())
                    + (unused.size() > 5 ? " and " + (unused.size() - 5) + " more." : "."));
        }
        long read = tied ? byteSize : byteSize - embeddingByteSize;
        return new ModelWeights(embedding, List.copyOf(layers), outputNorm, classifier, read);
    }

    private LayerWeights layer(String prefix) {
        int width = config.width();
        int queryWidth = config.heads() * config.headDim();
        int kvWidth = config.kvHeads() * config.headDim();
        return new LayerWeights(
                new AttentionWeights(
                        vector(prefix + "attn_norm.weight", width),
                        config.epsilon(),
                        matrix(prefix + "attn_q.weight", queryWidth, width),
                        optionalVector(prefix + "attn_q.bias", queryWidth),
                        matrix(prefix + "attn_k.weight", kvWidth, width),
                        optionalVector(prefix + "attn_k.bias", kvWidth),
                        matrix(prefix + "attn_v.weight", kvWidth, width),
                        optionalVector(prefix + "attn_v.bias", kvWidth)),
                matrix(prefix + "attn_output.weight", width, queryWidth),
                optionalVector(prefix + "attn_output.bias", width),
                new FeedForwardWeights(
                        vector(prefix + "ffn_norm.weight", width),
                        config.epsilon(),
                        matrix(prefix + "ffn_gate.weight", config.hidden(), width),
                        matrix(prefix + "ffn_up.weight", config.hidden(), width),
                        matrix(prefix + "ffn_down.weight", width, config.hidden())));
    }

    private Tensor matrix(String name, int rows, int columns) {
        GgufTensor tensor = shaped(name, rows, columns);
        byteSize += tensor.data().byteSize();
        Tensor matrix = backend.weights(arena, tensor.type(), rows, columns, tensor.data());
        count(tensor);
        return matrix;
    }

    private @Nullable Tensor optionalVector(String name, int length) {
        Optional<GgufTensor> tensor = file.tensor(name);
        return tensor.isEmpty() ? null : vector(name, length);
    }

    /** A norm's weights or a bias: floats in the layout of activations. */
    private Tensor vector(String name, int length) {
        GgufTensor source = shaped(name, 1, length);
        Tensor target = backend.allocate(arena, DType.F32, 1, length);
        try (Arena scratch = Arena.ofConfined()) {
            backend.upload(floats(source, length, scratch), target);
        }
        count(source);
        return target;
    }

    private void count(GgufTensor tensor) {
        loadedBytes += tensor.data().byteSize();
        loaded.accept(loadedBytes);
    }

    private static MemorySegment floats(GgufTensor source, int length, Arena scratch) {
        MemorySegment data = source.data();
        MemorySegment floats = scratch.allocate(ValueLayout.JAVA_FLOAT, length);
        for (int i = 0; i < length; i++) {
            float value = switch (source.type()) {
                case F32 -> data.getAtIndex(FLOAT, i);
                case F16 -> Float.float16ToFloat(data.getAtIndex(SHORT, i));
                case BF16 -> Float.intBitsToFloat(data.getAtIndex(SHORT, i) << 16);
                default ->
                    throw new InvalidInputException(
                            source.name() + " is " + source.type() + "; expected F32, F16 or BF16.");
            };
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        return floats;
    }

    private GgufTensor shaped(String name, int rows, int columns) {
        GgufTensor tensor = file.require(name);
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new InvalidInputException(name + " is [" + tensor.rows() + "][" + tensor.columns() + "]; expected ["
                    + rows + "][" + columns + "] by the file's hyper-parameters.");
        }
        unused.remove(name);
        return tensor;
    }
}
