package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention in parts of one key-value head and up to {@link RowBlocks#MOST_ROWS} neighbouring rows of one sequence, which
 * share each page that is converted to float32. Every sum of a row runs in ascending position, whatever the block.
 */
final class AttendTask implements Attention, Team.Task {
    private static final int PAGE = KvLayer.PAGE_TOKENS;
    private static final int BLOCK_ROWS = RowBlocks.MOST_ROWS;

    private static final class Scratch {
        short[] halves = {};
        byte[] codes = {};
        float[] page = {}; // as stored: [64][headDim]
        float[] keys = {}; // transposed: [headDim][64]
        float[] q = {}; // [BLOCK_ROWS][heads of the kv head][headDim]
        float[] out = {};
        float[] scores = {}; // [BLOCK_ROWS][heads of the kv head][positions, padded to pages]
    }

    private final Lanes lanes;
    private final Team team;
    private final Scratch[] scratch;
    private final RowBlocks blocks = new RowBlocks();
    private int headsPerKvHead;
    private float scale;
    private @Nullable Tensor q;
    private @Nullable Tensor out;
    private @Nullable Batch batch;
    private @Nullable KvLayer layer;

    AttendTask(Lanes lanes, Team team) {
        this.lanes = lanes;
        this.team = team;
        this.scratch = new Scratch[team.size()];
        Arrays.setAll(scratch, i -> new Scratch());
    }

    @Override
    public void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out) {
        this.q = q;
        this.batch = batch;
        this.layer = layer;
        this.scale = scale;
        this.out = out;
        this.headsPerKvHead = q.columns() / (layer.headDim() * layer.kvHeads());
        blocks.cut(batch);
        for (Scratch each : scratch) {
            reserve(each, layer.headDim(), batch.pagesPerSequence() * PAGE);
        }
        team.run(this, blocks.count() * layer.kvHeads());
    }

    private void reserve(Scratch scratch, int headDim, int positions) {
        int rows = BLOCK_ROWS * headsPerKvHead;
        if (scratch.page.length < PAGE * headDim) {
            scratch.halves = new short[PAGE * headDim];
            scratch.codes = new byte[PAGE * headDim];
            scratch.page = new float[PAGE * headDim];
            scratch.keys = new float[PAGE * headDim];
        }
        if (scratch.q.length < rows * headDim) {
            scratch.q = new float[rows * headDim];
            scratch.out = new float[rows * headDim];
        }
        if (scratch.scores.length < rows * positions) {
            scratch.scores = new float[Math.multiplyExact(rows, positions)];
        }
    }

    @Override
    public void run(int part, int worker) {
        Tensor q = this.q;
        Tensor out = this.out;
        Batch batch = this.batch;
        KvLayer layer = this.layer;
        if (q == null || out == null || batch == null || layer == null) {
            throw new IllegalStateException("operands are not set");
        }
        int block = blocks.count() - 1 - part / layer.kvHeads(); // the longest first
        attend(q, batch, layer, out, blocks.begin(block), blocks.end(block), part % layer.kvHeads(), scratch[worker]);
    }

    private void attend(
            Tensor q, Batch batch, KvLayer layer, Tensor out, int begin, int end, int kvHead, Scratch scratch) {
        int headDim = layer.headDim();
        int width = headsPerKvHead * headDim;
        int sequence = batch.sequence(begin);
        int last = batch.position(end - 1);
        int pages = last / PAGE + 1;
        int stride = batch.pagesPerSequence() * PAGE;
        for (int row = begin; row < end; row++) {
            long at = q.offset() + row * q.rowByteSize() + 4L * kvHead * width;
            MemorySegment.copy(q.storage(), ValueLayout.JAVA_FLOAT, at, scratch.q, (row - begin) * width, width);
        }
        for (int i = 0; i < pages; i++) {
            load(layer, layer.keys(), batch.page(sequence, i), kvHead, scratch);
            transpose(scratch.page, headDim, scratch.keys);
            for (int row = begin; row < end; row++) {
                if (batch.position(row) >= i * PAGE) {
                    for (int h = 0; h < headsPerKvHead; h++) {
                        int index = (row - begin) * headsPerKvHead + h;
                        lanes.scores(
                                scratch.q,
                                index * headDim,
                                scratch.keys,
                                headDim,
                                scale,
                                scratch.scores,
                                index * stride + i * PAGE);
                    }
                }
            }
        }
        Arrays.fill(scratch.out, 0, (end - begin) * width, 0f);
        mix(batch, layer, begin, end, kvHead, pages, stride, scratch);
        for (int row = begin; row < end; row++) {
            long at = out.offset() + row * out.rowByteSize() + 4L * kvHead * width;
            MemorySegment.copy(scratch.out, (row - begin) * width, out.storage(), ValueLayout.JAVA_FLOAT, at, width);
        }
    }

    private void mix(
            Batch batch, KvLayer layer, int begin, int end, int kvHead, int pages, int stride, Scratch scratch) {
        int headDim = layer.headDim();
        for (int row = begin; row < end; row++) {
            int length = batch.position(row) + 1;
            for (int h = 0; h < headsPerKvHead; h++) {
                int from = ((row - begin) * headsPerKvHead + h) * stride;
                float sum = lanes.softmax(scratch.scores, from, length);
                for (int t = from; t < from + length; t++) {
                    scratch.scores[t] /= sum;
                }
            }
        }
        for (int i = 0; i < pages; i++) {
            load(layer, layer.values(), batch.page(batch.sequence(begin), i), kvHead, scratch);
            for (int row = begin; row < end; row++) {
                int tokens = Math.min(PAGE, batch.position(row) + 1 - i * PAGE);
                if (tokens > 0) {
                    for (int h = 0; h < headsPerKvHead; h++) {
                        int index = (row - begin) * headsPerKvHead + h;
                        lanes.mix(
                                scratch.scores,
                                index * stride + i * PAGE,
                                tokens,
                                scratch.page,
                                headDim,
                                scratch.out,
                                index * headDim);
                    }
                }
            }
        }
    }

    /** Brings one head's part of a page into {@code scratch.page} as float32. */
    private static void load(KvLayer layer, MemorySegment storage, int page, int kvHead, Scratch scratch) {
        int length = PAGE * layer.headDim();
        long at = layer.byteOffset(page, kvHead, 0);
        if (layer.type() == DType.F32) {
            MemorySegment.copy(storage, ValueLayout.JAVA_FLOAT, at, scratch.page, 0, length);
            return;
        }
        if (layer.type() == DType.Q8_0) {
            MemorySegment.copy(storage, ValueLayout.JAVA_BYTE, at, scratch.codes, 0, length);
            int scales = PAGE * layer.groups();
            long from = layer.scaleOffset(page, kvHead, 0);
            MemorySegment.copy(storage, ValueLayout.JAVA_SHORT, from, scratch.halves, 0, scales);
            scaleCodes(scratch, layer.headDim(), layer.groups());
            return;
        }
        MemorySegment.copy(storage, ValueLayout.JAVA_SHORT, at, scratch.halves, 0, length);
        short[] halves = scratch.halves;
        float[] floats = scratch.page;
        for (int i = 0; i < length; i++) {
            floats[i] = Float.float16ToFloat(halves[i]);
        }
    }

    private static void scaleCodes(Scratch scratch, int headDim, int groups) {
        byte[] codes = scratch.codes;
        float[] floats = scratch.page;
        for (int t = 0; t < PAGE; t++) {
            for (int group = 0; group < groups; group++) {
                float scale = Float.float16ToFloat(scratch.halves[t * groups + group]);
                int end = t * headDim + Math.min(headDim, (group + 1) * WeightGroup.SIZE);
                for (int i = t * headDim + group * WeightGroup.SIZE; i < end; i++) {
                    floats[i] = scale * codes[i];
                }
            }
        }
    }

    private static void transpose(float[] page, int headDim, float[] keys) {
        for (int d = 0; d < headDim; d++) {
            for (int t = 0; t < PAGE; t++) {
                keys[d * PAGE + t] = page[t * headDim + d];
            }
        }
    }

    /** Nothing but arrays is held. */
    @Override
    public void close() {}
}
