package dev.gatun.kernels.gpu;

import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Launches {@code attention_tile_f16}, by tensor cores, or one of two that reckon in float32: {@code attention_decode_*} when
 * every tile is a single row, {@code attention_prefill_*} otherwise, which give a row the same bits. Where rows are single and
 * the context has several splits, blocks take a split each and {@code attention_merge} puts them together.
 *
 * <p>Which arithmetic a row gets depends on the cache's type and on what the backend was opened with, never on the batch.
 */
final class Attention implements AutoCloseable {
    /** Most elements of a head: a lane of the kernels owns four. */
    static final int MAX_HEAD_DIM = 128;

    /** Heads are loaded in runs of this many elements. */
    static final int HEAD_DIM_MULTIPLE = 8;

    private static final int THREADS = 128;
    private static final int TILE_TOKENS = 32;
    private static final int SPLIT_TOKENS = 256;
    private static final int HEADS_PER_BLOCK = 8;
    private static final int QUERIES_PER_BLOCK = 64;
    private static final int WIDTH_MULTIPLE = 16; // elements of a head that an mma takes at once
    private static final float LOG2_E = 1.442695f;

    private final Ladder ladder;
    private final Kernel tile;
    private final KernelsByType decode;
    private final KernelsByType prefill;
    private final Kernel merge;
    private final Scratch partials;

    Attention(Arena arena, Device device, Ladder ladder) {
        this.ladder = ladder;
        this.tile = new Kernel(arena, device, "attention_tile_f16", THREADS);
        this.decode = new KernelsByType(arena, device, "attention_decode", THREADS);
        this.prefill = new KernelsByType(arena, device, "attention_prefill", THREADS);
        this.merge = new Kernel(arena, device, "attention_merge", THREADS);
        this.partials = new Scratch(device);
    }

    void launch(Tensor q, StepBlock step, KvLayer layer, float scale, Tensor out) {
        switch (ladder.attention(layer.type(), step.tiles() == q.rows())) {
            case ATTENTION_TILE -> tile(q, step, layer, scale, out);
            case ATTENTION_DECODE -> decode(q, step, layer, scale, out);
            default -> prefill(q, step, layer, scale, out);
        }
    }

    private void tile(Tensor q, StepBlock step, KvLayer layer, float scale, Tensor out) {
        int headDim = layer.headDim();
        int group = q.columns() / headDim / layer.kvHeads();
        int splits = step.wideTiles() == q.rows() ? splits(step.lastPosition()) : 1;
        ParamBlock parameters = tile.parameters();
        Kernel.push(parameters, q);
        parameters.pointer(layer.keys(), 0).pointer(layer.values(), 0);
        Kernel.push(parameters, out);
        pushPartials(parameters, q, headDim, splits);
        step.pushWideTiles(parameters);
        pushContext(parameters, step, layer, group, scale);
        int blocksPerKvHead = Math.ceilDiv(step.widestRows() * group, QUERIES_PER_BLOCK);
        int width = Math.ceilDiv(headDim, WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
        int pageTiles = 5 * QUERIES_PER_BLOCK * (2 * width + 16); // queries, two pages of keys and values
        int mergedSums = splits == 1 && step.lastPosition() >= SPLIT_TOKENS ? 2 * THREADS * width : 0;
        tile.grid(step.wideTiles(), layer.kvHeads() * blocksPerKvHead, splits).shared(pageTiles + mergedSums);
        tile.launch();
        merge(q, step, headDim, splits, out);
    }

    /** Into how many parts the context of a step's rows is cut, of which the longest ends at {@code lastPosition}. */
    static int splits(int lastPosition) {
        return lastPosition / SPLIT_TOKENS + 1;
    }

    private void decode(Tensor q, StepBlock step, KvLayer layer, float scale, Tensor out) {
        int headDim = layer.headDim();
        int group = q.columns() / headDim / layer.kvHeads();
        int splits = splits(step.lastPosition());
        Kernel kernel = decode.of(layer.type());
        ParamBlock parameters = kernel.parameters();
        Kernel.push(parameters, q);
        parameters.pointer(layer.keys(), 0).pointer(layer.values(), 0);
        Kernel.push(parameters, out);
        pushPartials(parameters, q, headDim, splits);
        pushContext(parameters, step, layer, group, scale);
        int blocksPerKvHead = Math.ceilDiv(group, HEADS_PER_BLOCK);
        kernel.grid(q.rows(), layer.kvHeads() * blocksPerKvHead, splits)
                .shared(4 * (sharedTile(headDim) + 2 * HEADS_PER_BLOCK * headDim + 2 * HEADS_PER_BLOCK));
        kernel.launch();
        merge(q, step, headDim, splits, out);
    }

    /** Sums and statistics of splits lie behind one another in scratch memory. */
    private void pushPartials(ParamBlock parameters, Tensor q, int headDim, int splits) {
        long sums = splits == 1 ? 0 : (long) q.rows() * (q.columns() / headDim) * splits;
        MemorySegment workspace = partials.atLeast(Math.max(1, sums * (headDim + 2) * 4));
        parameters.pointer(workspace, 0).pointer(workspace, sums * headDim * 4);
    }

    private void merge(Tensor q, StepBlock step, int headDim, int splits, Tensor out) {
        if (splits > 1) {
            ParamBlock parameters = merge.parameters();
            pushPartials(parameters, q, headDim, splits);
            Kernel.push(parameters, out);
            step.pushPositions(parameters);
            parameters.u32(splits).u32(headDim);
            merge.grid(q.rows(), q.columns() / headDim, 1);
            merge.launch();
        }
    }

    private void prefill(Tensor q, StepBlock step, KvLayer layer, float scale, Tensor out) {
        int headDim = layer.headDim();
        int heads = q.columns() / headDim;
        Kernel kernel = prefill.of(layer.type());
        ParamBlock parameters = kernel.parameters();
        Kernel.push(parameters, q);
        parameters.pointer(layer.keys(), 0).pointer(layer.values(), 0);
        Kernel.push(parameters, out);
        step.pushTiles(parameters);
        pushContext(parameters, step, layer, heads / layer.kvHeads(), scale);
        kernel.grid(step.tiles(), heads, 1)
                .shared(4 * (sharedTile(headDim) + 3 * StepBlock.TILE_ROWS * headDim + 4 * StepBlock.TILE_ROWS));
        kernel.launch();
    }

    private static void pushContext(ParamBlock parameters, StepBlock step, KvLayer layer, int group, float scale) {
        step.pushPositions(parameters);
        step.pushSequences(parameters);
        step.pushPages(parameters);
        parameters
                .u32(step.pagesPerSequence())
                .u32(layer.kvHeads())
                .u32(group)
                .u32(layer.headDim())
                .f32(scale * LOG2_E);
    }

    /** Floats of a staged tile: keys and values, with four of padding a token against bank conflicts. */
    private static int sharedTile(int headDim) {
        return 2 * TILE_TOKENS * (headDim + 4);
    }

    @Override
    public void close() {
        partials.close();
    }
}
