package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention in machine code. Every row's softmax runs over chunks of {@link #CHUNK_PAGES} pages, each from a fresh
 * state, and the states of the chunks are joined in ascending order: so the chunks of one row may be shared by threads, and
 * its bits are the same in any batch on any number of threads. What there is no machine code for goes to another tier.
 *
 * <p>A part is one key-value head and a {@linkplain RowBlocks block} of rows, or, where blocks are single rows with more
 * than one chunk, one chunk of that.
 */
final class AsmAttend implements Attention, Team.Task {
    private static final int PAGE = KvLayer.PAGE_TOKENS;
    private static final int CHUNK_PAGES = 2;
    private static final int CHUNK = CHUNK_PAGES * PAGE;
    private static final int LANES = 16;
    private static final int MOST_HEAD_DIM = 256;
    private static final int STATE_END_BYTES = 64;

    private static final int FIELDS = 32;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final AsmRowKernels kernels;
    private final Team team;
    private final Attention other;
    private final Arena fieldsArena = Arena.ofShared();
    private final MemorySegment fields; // [workers][FIELDS]
    private final RowBlocks blocks = new RowBlocks();
    private Arena scratchArena = Arena.ofShared();
    private MemorySegment scratch = MemorySegment.NULL; // [workers][scratchByteSize]
    private MemorySegment chunkStates = MemorySegment.NULL; // [blocks][kvHeads][chunks][heads] states
    private @Nullable Batch batch;
    private @Nullable KvLayer layer;
    private MethodHandle page;
    private long query;
    private long queryByteSize; // of a row
    private long out;
    private long positions;
    private float scale;
    private int heads; // of a key-value head
    private long stateByteSize;
    private long scratchByteSize;
    private int chunksOfARow; // in chunkStates; 0: not shared by chunks

    /** @param other for what the kernels do not take; closed with this */
    AsmAttend(AsmRowKernels kernels, Team team, Attention other) {
        this.kernels = kernels;
        this.team = team;
        this.other = other;
        this.fields = fieldsArena.allocate(8L * FIELDS * team.size(), 64);
        this.page = kernels.attendPage(DType.F16);
    }

    private static boolean takes(KvLayer layer) {
        return layer.headDim() % LANES == 0 && layer.headDim() <= MOST_HEAD_DIM;
    }

    @Override
    public void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out) {
        if (batch.rows() == 0) {
            return;
        }
        if (!takes(layer)) {
            other.attend(q, batch, layer, scale, out);
            return;
        }
        AsmRows.requireAlive(layer);
        this.batch = batch;
        this.layer = layer;
        this.page = kernels.attendPage(layer.type());
        this.query = AsmProducts.address(q);
        this.queryByteSize = q.rowByteSize();
        this.out = AsmProducts.address(out);
        this.positions = batch.block().address() + 4L * batch.rowCapacity(); // as Batch lays it out
        this.scale = scale;
        this.heads = q.columns() / (layer.headDim() * layer.kvHeads());
        this.stateByteSize = 4L * layer.headDim() + STATE_END_BYTES;
        blocks.cut(batch);
        long states = rowStates(RowBlocks.MOST_ROWS);
        this.scratchByteSize = 4L * (PAGE + 1) * 2L * layer.headDim() + 4L * PAGE * heads + 2 * states;
        this.chunksOfARow = team.size() > 1 && blocks.count() == batch.rows() ? chunks() : 0;
        reserve();
        int parts = blocks.count() * layer.kvHeads();
        if (chunksOfARow > 1) {
            team.run(this, parts * chunksOfARow);
            for (int unit = 0; unit < parts; unit++) {
                join(unit);
            }
        } else {
            team.run(this, parts);
        }
    }

    /** Bytes of the states of some rows, for one key-value head. */
    private long rowStates(int rows) {
        return (long) rows * heads * stateByteSize;
    }

    /** Bytes from a row's start to the heads of a key-value head. */
    private long headOffset(int kvHead) {
        return 4L * kvHead * heads * layer().headDim();
    }

    /** Chunks of the longest row. */
    private int chunks() {
        int most = 0;
        Batch batch = batch();
        for (int row = 0; row < batch.rows(); row++) {
            most = Math.max(most, batch.position(row) / CHUNK + 1);
        }
        return most;
    }

    /** Makes room for all positions that the batch's page tables could name, so that a longer context does not allocate. */
    private void reserve() {
        long scratchBytes = team.size() * scratchByteSize;
        Batch batch = batch();
        long chunkBytes = chunksOfARow == 0
                ? 0
                : Math.multiplyExact(
                        rowStates(batch.rows()),
                        layer().kvHeads() * Math.ceilDiv(batch.pagesPerSequence(), CHUNK_PAGES));
        if (scratch.byteSize() < scratchBytes || chunkStates.byteSize() < chunkBytes) {
            long most = Math.max(scratch.byteSize(), scratchBytes);
            long mostChunks = Math.max(chunkStates.byteSize(), chunkBytes);
            scratchArena.close();
            scratchArena = Arena.ofShared();
            scratch = scratchArena.allocate(most, 64);
            chunkStates = scratchArena.allocate(mostChunks, 64);
        }
    }

    private Batch batch() {
        Batch batch = this.batch;
        if (batch == null) {
            throw new IllegalStateException("no batch");
        }
        return batch;
    }

    private KvLayer layer() {
        KvLayer layer = this.layer;
        if (layer == null) {
            throw new IllegalStateException("no cache");
        }
        return layer;
    }

    @Override
    public void run(int part, int worker) {
        int kvHeads = layer().kvHeads();
        if (chunksOfARow > 1) {
            int unit = part / chunksOfARow;
            int chunk = part % chunksOfARow;
            int row = unit / kvHeads;
            if (batch().position(row) >= chunk * CHUNK) {
                attendChunk(row, row + 1, row, chunk, unit % kvHeads, chunkState(unit, chunk), worker);
            }
        } else {
            int block = blocks.count() - 1 - part / kvHeads; // the longest first
            attendBlock(blocks.begin(block), blocks.end(block), part % kvHeads, worker);
        }
    }

    private long chunkState(int unit, int chunk) {
        return chunkStates.address() + ((long) unit * chunksOfARow + chunk) * heads * stateByteSize;
    }

    private void join(int unit) {
        int kvHeads = layer().kvHeads();
        int row = unit / kvHeads;
        for (int chunk = 1; chunk <= batch().position(row) / CHUNK; chunk++) {
            merge(chunkState(unit, 0), chunkState(unit, chunk), heads, 0);
        }
        finish(chunkState(unit, 0), row, unit % kvHeads, 0);
    }

    private void attendBlock(int begin, int end, int kvHead, int worker) {
        long all = scratch.address() + (worker + 1) * scratchByteSize - 2 * rowStates(RowBlocks.MOST_ROWS);
        long chunkOnly = all + rowStates(RowBlocks.MOST_ROWS);
        int last = batch().position(end - 1);
        for (int chunk = 0; chunk <= last / CHUNK; chunk++) {
            int from = firstRow(begin, chunk * CHUNK);
            attendChunk(from, end, begin, chunk, kvHead, chunk == 0 ? all : chunkOnly, worker);
            if (chunk > 0) {
                long skipped = rowStates(from - begin);
                merge(all + skipped, chunkOnly + skipped, (end - from) * heads, worker);
            }
        }
        for (int row = begin; row < end; row++) {
            finish(all + rowStates(row - begin), row, kvHead, worker);
        }
    }

    /** The first row from {@code begin} on that sees {@code position}. */
    private int firstRow(int begin, int position) {
        int row = begin;
        while (batch().position(row) < position) {
            row++;
        }
        return row;
    }

    /**
     * Attends the rows {@code [from, end)} to one chunk.
     *
     * @param states of the rows from {@code begin} on
     */
    private void attendChunk(int from, int end, int begin, int chunk, int kvHead, long states, int worker) {
        begin(states + rowStates(from - begin), (end - from) * heads, worker);
        int lastPage = Math.min((chunk + 1) * CHUNK_PAGES - 1, batch().position(end - 1) / PAGE);
        for (int i = chunk * CHUNK_PAGES; i <= lastPage; i++) {
            int row = firstRow(from, i * PAGE);
            attendPage(i, row, end, kvHead, states + rowStates(row - begin), worker);
        }
    }

    // ---- calls

    private void field(int worker, int at, long value) {
        fields.set(LONG, 8L * FIELDS * worker + at, value);
    }

    private void call(MethodHandle entry, int worker) {
        KernelCode.call(entry, fields.address() + 8L * FIELDS * worker);
    }

    private void attendPage(int index, int row, int end, int kvHead, long states, int worker) {
        KvLayer layer = layer();
        Batch batch = batch();
        long at = layer.byteOffset(batch.page(batch.sequence(row), index), kvHead, 0);
        field(worker, 0, layer.keys().address() + at);
        field(worker, 8, layer.values().address() + at);
        field(worker, 16, query + row * queryByteSize + headOffset(kvHead));
        field(worker, 24, states);
        field(worker, 32, end - row);
        field(worker, 40, positions + 4L * row);
        field(worker, 48, (long) index * PAGE);
        field(worker, 56, queryByteSize);
        field(worker, 64, stateByteSize);
        field(worker, 72, heads);
        field(worker, 80, layer.headDim() / LANES);
        field(worker, 88, Float.floatToRawIntBits(scale));
        field(worker, 96, scratch.address() + worker * scratchByteSize);
        field(worker, 104, nextKeys(index, row, end, kvHead));
        call(page, worker);
    }

    /** Where the next call of a worker will probably read: the same head's next page, or the next head. */
    private long nextKeys(int index, int row, int end, int kvHead) {
        KvLayer layer = layer();
        Batch batch = batch();
        int first = chunksOfARow > 1 ? index / CHUNK_PAGES * CHUNK_PAGES : 0;
        int last = batch.position(end - 1) / PAGE;
        int lastOfPart = chunksOfARow > 1 ? Math.min(last, first + CHUNK_PAGES - 1) : last;
        int nextIndex = index < lastOfPart ? index + 1 : first;
        int nextHead = index < lastOfPart ? kvHead : (kvHead + 1) % layer.kvHeads();
        return layer.keys().address() + layer.byteOffset(batch.page(batch.sequence(row), nextIndex), nextHead, 0);
    }

    private void begin(long states, int count, int worker) {
        field(worker, 0, states);
        field(worker, 8, count);
        field(worker, 16, stateByteSize);
        field(worker, 24, layer().headDim() / LANES);
        call(kernels.attendBegin(), worker);
    }

    private void merge(long states, long others, int count, int worker) {
        field(worker, 0, states);
        field(worker, 8, others);
        field(worker, 16, count);
        field(worker, 24, stateByteSize);
        field(worker, 32, layer().headDim() / LANES);
        call(kernels.attendMerge(), worker);
    }

    private void finish(long states, int row, int kvHead, int worker) {
        field(worker, 0, states);
        field(worker, 8, out + row * queryByteSize + headOffset(kvHead));
        field(worker, 16, heads);
        field(worker, 24, stateByteSize);
        field(worker, 32, layer().headDim() / LANES);
        call(kernels.attendFinish(), worker);
    }

    @Override
    public void close() {
        other.close();
        if (fieldsArena.scope().isAlive()) {
            fieldsArena.close();
            scratchArena.close();
        }
    }
}
