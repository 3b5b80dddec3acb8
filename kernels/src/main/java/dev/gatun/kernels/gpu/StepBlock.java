package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The batch on the device: its step block as {@link Batch} lays it out, and behind it the tiles of attention, one upload
 * for both:
 *
 * <pre>
 * tokens[rowCapacity] positions[rowCapacity] sequences[rowCapacity] logitRows[rowCapacity]
 * pages[sequenceCapacity][pagesPerSequence], and nothing for 4 bytes if that ends between two pairs
 * tiles[rowCapacity][2]: first row, rows
 * wideTiles[rowCapacity][2]: the same
 * </pre>
 *
 * <p>A tile is a run of up to {@link #TILE_ROWS} rows of one sequence, a wide one of up to {@link #WIDE_TILE_ROWS}.
 */
final class StepBlock implements AutoCloseable {
    /** Most rows of a tile. */
    static final int TILE_ROWS = 8;

    /** Most rows of a wide tile. */
    static final int WIDE_TILE_ROWS = 64;

    /** Of a tile, which kernels load in one piece. */
    private static final long PAIR_BYTES = 8;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final Device device;
    private Arena arena = Arena.ofShared();
    private MemorySegment staging = MemorySegment.NULL;
    private MemorySegment memory = MemorySegment.NULL;
    private int rowCapacity;
    private int pagesPerSequence;
    private long blockByteSize;
    private long tilesOffset;
    private int rows;
    private int sequences;
    private int logitRows;
    private int tiles;
    private int wideTiles;
    private int widestRows;
    private long moves;
    private int lastPosition;
    private boolean isUploaded;
    private @Nullable Batch known;
    private long knownVersion;

    StepBlock(Device device) {
        this.device = device;
    }

    /** Brings {@code batch} to the device unless what is there says the same. */
    void refresh(Batch batch) {
        if (batch == known && batch.version() == knownVersion) {
            return;
        }
        if (!isCurrent(batch)) {
            upload(batch);
        }
        known = batch;
        knownVersion = batch.version();
    }

    private void upload(Batch batch) {
        known = null; // until the device has it
        isUploaded = false;
        long blockBytes = batch.block().byteSize();
        long tileBytes = 2 * PAIR_BYTES * batch.rowCapacity();
        long pairsOffset = (blockBytes + PAIR_BYTES - 1) / PAIR_BYTES * PAIR_BYTES;
        if (staging.byteSize() != pairsOffset + tileBytes) {
            move(pairsOffset + tileBytes);
        }
        blockByteSize = blockBytes;
        tilesOffset = pairsOffset;
        rowCapacity = batch.rowCapacity();
        pagesPerSequence = batch.pagesPerSequence();
        rows = batch.rows();
        sequences = batch.sequences();
        logitRows = batch.logitRows();
        MemorySegment.copy(batch.block(), 0, staging, 0, blockBytes);
        findLastPosition(batch);
        tiles = cutTiles(batch, TILE_ROWS, tilesOffset);
        widestRows = 0;
        wideTiles = cutTiles(batch, WIDE_TILE_ROWS, wideTilesOffset());
        device.copyIn(staging, memory, 0);
        isUploaded = true;
    }

    /** Gets other memory; if the device has none, there is no staging either and the next upload tries again. */
    private void move(long byteSize) {
        device.synchronize();
        arena.close();
        arena = Arena.ofShared();
        staging = MemorySegment.NULL;
        moves++;
        memory = device.allocate(arena, byteSize);
        staging = arena.allocate(byteSize, 16);
    }

    /** Compares the entries in use. */
    private boolean isCurrent(Batch batch) {
        if (!isUploaded
                || batch.rows() != rows
                || batch.sequences() != sequences
                || batch.logitRows() != logitRows
                || batch.rowCapacity() != rowCapacity
                || batch.pagesPerSequence() != pagesPerSequence
                || batch.block().byteSize() != blockByteSize) {
            return false;
        }
        long column = 4L * rowCapacity;
        return agrees(batch, 0, rows)
                && agrees(batch, column, rows)
                && agrees(batch, 2 * column, rows)
                && agrees(batch, 3 * column, logitRows)
                && agrees(batch, 4 * column, (long) sequences * pagesPerSequence);
    }

    private boolean agrees(Batch batch, long offset, long count) {
        long end = offset + 4 * count;
        return MemorySegment.mismatch(batch.block(), offset, end, staging, offset, end) < 0;
    }

    private void findLastPosition(Batch batch) {
        lastPosition = 0;
        for (int row = 0; row < rows; row++) {
            lastPosition = Math.max(lastPosition, batch.position(row));
        }
    }

    /** Cuts the rows into tiles of at most {@code mostRows}, noted from {@code offset} on; their number. */
    private int cutTiles(Batch batch, int mostRows, long offset) {
        int count = 0;
        int first = 0;
        for (int row = 1; row <= rows; row++) {
            boolean goesOn = row < rows
                    && row - first < mostRows
                    && batch.sequence(row) == batch.sequence(first)
                    && batch.position(row) > batch.position(row - 1);
            if (!goesOn) {
                staging.set(INT, offset + 8L * count, first);
                staging.set(INT, offset + 8L * count + 4, row - first);
                widestRows = Math.max(widestRows, row - first);
                count++;
                first = row;
            }
        }
        return count;
    }

    private long wideTilesOffset() {
        return tilesOffset + PAIR_BYTES * rowCapacity;
    }

    /** How often the block has got other memory, which what was recorded before does not know. */
    long moves() {
        return moves;
    }

    int tiles() {
        return tiles;
    }

    int wideTiles() {
        return wideTiles;
    }

    /** Rows of the widest tile. */
    int widestRows() {
        return widestRows;
    }

    /** The highest position of any row. */
    int lastPosition() {
        return lastPosition;
    }

    int pagesPerSequence() {
        return pagesPerSequence;
    }

    void pushTokens(ParamBlock parameters) {
        parameters.pointer(memory, 0);
    }

    void pushPositions(ParamBlock parameters) {
        parameters.pointer(memory, 4L * rowCapacity);
    }

    void pushSequences(ParamBlock parameters) {
        parameters.pointer(memory, 8L * rowCapacity);
    }

    void pushLogitRows(ParamBlock parameters) {
        parameters.pointer(memory, 12L * rowCapacity);
    }

    void pushPages(ParamBlock parameters) {
        parameters.pointer(memory, 16L * rowCapacity);
    }

    void pushTiles(ParamBlock parameters) {
        parameters.pointer(memory, tilesOffset);
    }

    void pushWideTiles(ParamBlock parameters) {
        parameters.pointer(memory, wideTilesOffset());
    }

    @Override
    public void close() {
        arena.close();
    }
}
