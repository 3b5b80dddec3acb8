package dev.gatun.runtime.model;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.runtime.gguf.GgufFile;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass of the llama family (Touvron et al. 2023: RMS norms before each block, rotary positions,
 * grouped-query attention, SwiGLU), written once for every backend. It allocates its activations when it is made and
 * nothing in a step whose row counts it has met before. One thread at a time.
 */
public final class Transformer {
    private final Backend backend;
    private final ModelConfig config;
    private final ModelWeights weights;
    private final StepTensors all;
    private final @Nullable StepTensors[] byRows;
    private final Tensor last; // [logitCapacity][width]
    private final Tensor logits; // [logitCapacity][vocabulary]
    private final @Nullable Tensor[] lastByRows;
    private final @Nullable Tensor[] logitsByRows;
    private final Tensor[] logitRow;
    private @Nullable Pass pass;

    private Transformer(
            Backend backend,
            ModelConfig config,
            ModelWeights weights,
            Arena arena,
            int rowCapacity,
            int logitCapacity) {
        this.backend = backend;
        this.config = config;
        this.weights = weights;
        int queryWidth = config.heads() * config.headDim();
        int kvWidth = config.kvHeads() * config.headDim();
        this.all = new StepTensors(
                activations(arena, rowCapacity, config.width()),
                activations(arena, rowCapacity, config.width()),
                activations(arena, rowCapacity, queryWidth),
                activations(arena, rowCapacity, kvWidth),
                activations(arena, rowCapacity, kvWidth),
                activations(arena, rowCapacity, queryWidth),
                activations(arena, rowCapacity, config.width()),
                activations(arena, rowCapacity, config.hidden()),
                activations(arena, rowCapacity, config.hidden()),
                activations(arena, rowCapacity, config.rotation().dimensions()));
        this.byRows = new StepTensors[rowCapacity + 1];
        this.last = activations(arena, logitCapacity, config.width());
        this.logits = activations(arena, logitCapacity, config.vocabulary());
        this.lastByRows = new Tensor[logitCapacity + 1];
        this.logitsByRows = new Tensor[logitCapacity + 1];
        this.logitRow = new Tensor[logitCapacity];
        for (int i = 0; i < logitCapacity; i++) {
            logitRow[i] = new Tensor(DType.F32, 1, config.vocabulary(), logits.storage(), i * logits.rowByteSize());
        }
    }

    /**
     * Loads a model's weights into {@code backend}'s memory.
     *
     * @param arena owns weights and activations
     * @param rowCapacity most rows of a step
     * @param logitCapacity most rows of a step that may ask for logits
     * @throws dev.gatun.runtime.InvalidInputException if the file's tensors are not this architecture's
     */
    public static Transformer load(
            GgufFile file, ModelConfig config, Backend backend, Arena arena, int rowCapacity, int logitCapacity) {
        return load(file, config, backend, arena, rowCapacity, logitCapacity, done -> {});
    }

    /**
     * The same.
     *
     * @param loaded told after each tensor how many bytes of the file's tensors the backend has taken
     */
    public static Transformer load(
            GgufFile file,
            ModelConfig config,
            Backend backend,
            Arena arena,
            int rowCapacity,
            int logitCapacity,
            LongConsumer loaded) {
        ModelWeights weights = WeightLoader.load(file, config, backend, arena, loaded);
        return new Transformer(backend, config, weights, arena, rowCapacity, logitCapacity);
    }

    public ModelConfig config() {
        return config;
    }

    /** Bytes of weights that one step reads, as the file stores them. */
    public long weightByteSize() {
        return weights.byteSize();
    }

    /**
     * Runs the rows of {@code batch}: appends their keys and values to {@code cache} and computes logits for the rows that
     * asked for them, to be read with {@link #logits}.
     *
     * @param cache one layer's storage for each layer of the model
     */
    public void forward(Batch batch, List<KvLayer> cache) {
        Pass known = pass;
        if (known == null || !known.isOn(batch, cache)) {
            known = new Pass(batch, cache, null);
            pass = known;
        }
        backend.step(batch, known);
    }

    /** As {@link #forward(Batch, List)}, and shows {@code probe} what it watches; for backends on the host only. */
    public void forward(Batch batch, List<KvLayer> cache, AttentionProbe probe) {
        backend.step(batch, new Pass(batch, cache, probe));
    }

    /** The operations of a step on one batch and cache: one object, so that a backend knows them again. */
    private final class Pass implements Runnable {
        private final Batch batch;
        private final List<KvLayer> cache;
        private final @Nullable AttentionProbe probe;

        Pass(Batch batch, List<KvLayer> cache, @Nullable AttentionProbe probe) {
            this.batch = batch;
            this.cache = cache;
            this.probe = probe;
        }

        @SuppressWarnings("ReferenceEquality") // equal lists may be of other memory
        boolean isOn(Batch otherBatch, List<KvLayer> otherCache) {
            return batch == otherBatch && cache == otherCache;
        }

        @Override
        public void run() {
            StepTensors step = step(batch.rows());
            backend.embed(weights.embedding(), batch, step.x());
            backend.angles(batch, config.rotation(), step.angles());
            for (int i = 0; i < config.layers(); i++) {
                attentionInput(weights.layers().get(i), batch, cache.get(i), step);
                if (probe != null && probe.watches(i)) {
                    probe.observe(step.q(), batch, cache.get(i), config.attentionScale());
                }
                attendAndFeed(weights.layers().get(i), batch, cache.get(i), step);
            }
            if (batch.logitRows() > 0) {
                classify(batch, step);
            }
        }
    }

    /**
     * The logits of the {@code index}-th row that asked for them in the last step: F32 [1][vocabulary], valid until the
     * next step. Read it with the backend's {@code download}.
     */
    public Tensor logits(int index) {
        return logitRow[index];
    }

    private void attentionInput(LayerWeights layer, Batch batch, KvLayer cache, StepTensors step) {
        backend.attentionInput(
                step.x(),
                layer.attention(),
                config.rotation(),
                step.angles(),
                batch,
                cache,
                step.normed(),
                step.q(),
                step.k(),
                step.v());
    }

    private void attendAndFeed(LayerWeights layer, Batch batch, KvLayer cache, StepTensors step) {
        backend.attend(step.q(), batch, cache, config.attentionScale(), step.attended());
        backend.addProduct(step.attended(), layer.output(), layer.outputBias(), step.projected(), step.x());
        backend.addFeedForward(step.x(), layer.feedForward(), step.normed(), step.gate(), step.up(), step.projected());
    }

    private void classify(Batch batch, StepTensors step) {
        int rows = batch.logitRows();
        Tensor last = view(this.last, lastByRows, rows);
        backend.gather(step.x(), batch, last);
        backend.rmsNorm(last, weights.outputNorm(), config.epsilon(), last);
        backend.matmul(last, weights.classifier(), null, view(logits, logitsByRows, rows));
    }

    private StepTensors step(int rows) {
        StepTensors known = byRows[rows];
        if (known == null) {
            known = all.firstRows(rows);
            byRows[rows] = known;
        }
        return known;
    }

    private static Tensor view(Tensor whole, @Nullable Tensor[] byRows, int rows) {
        Tensor known = byRows[rows];
        if (known == null) {
            known = whole.firstRows(rows);
            byRows[rows] = known;
        }
        return known;
    }

    private Tensor activations(Arena arena, int rows, int columns) {
        return backend.allocate(arena, DType.F32, rows, columns);
    }
}
