package dev.gatun.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The rows of one step: (token, position, sequence) triples from any number of sequences, the page table of each
 * sequence, and which rows ask for logits. A prefill chunk and a decode step differ only in their number of rows.
 *
 * <p>Everything that changes from step to step lies in one native block of 32-bit integers, so that a device gets it in
 * one upload:
 *
 * <pre>
 * tokens[rowCapacity] positions[rowCapacity] sequences[rowCapacity] logitRows[rowCapacity]
 * pages[sequenceCapacity][pagesPerSequence]
 * </pre>
 *
 * <p>Rows of one sequence are added in ascending position. Filling a batch allocates nothing. Not thread-safe: owned by
 * the thread that steps.
 */
public final class Batch {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final int rowCapacity;
    private final int sequenceCapacity;
    private final int pagesPerSequence;
    private final MemorySegment block;
    private int rows;
    private int sequences;
    private int logitRows;
    private long version;

    /** An empty batch whose block is taken from {@code arena}. */
    public Batch(Arena arena, int rowCapacity, int sequenceCapacity, int pagesPerSequence) {
        if (rowCapacity < 1 || sequenceCapacity < 1 || pagesPerSequence < 1) {
            throw new IllegalArgumentException("rowCapacity=" + rowCapacity + ", sequenceCapacity=" + sequenceCapacity
                    + ", pagesPerSequence=" + pagesPerSequence);
        }
        this.rowCapacity = rowCapacity;
        this.sequenceCapacity = sequenceCapacity;
        this.pagesPerSequence = pagesPerSequence;
        long ints = Math.addExact(4L * rowCapacity, Math.multiplyExact((long) sequenceCapacity, pagesPerSequence));
        this.block = arena.allocate(INT, ints);
    }

    /** Forgets all rows and sequences. */
    public Batch clear() {
        rows = 0;
        sequences = 0;
        logitRows = 0;
        version++;
        return this;
    }

    /**
     * Adds a sequence whose tokens live in {@code pages[0..count)}: page {@code i} holds positions
     * {@code [i * 64, (i + 1) * 64)}.
     *
     * @return the slot that rows of this sequence name
     * @throws IllegalStateException if there is no room
     */
    public int addSequence(int[] pages, int count) {
        if (sequences == sequenceCapacity || count > pagesPerSequence) {
            throw new IllegalStateException("batch is full: sequences=" + sequences + ", capacity=" + sequenceCapacity
                    + ", pages=" + count + ", pagesPerSequence=" + pagesPerSequence);
        }
        version++;
        long base = 4L * rowCapacity + (long) sequences * pagesPerSequence;
        for (int i = 0; i < count; i++) {
            block.setAtIndex(INT, base + i, pages[i]);
        }
        return sequences++;
    }

    /**
     * Adds a row: {@code token} at {@code position} of the sequence in slot {@code sequence}.
     *
     * @param wantsLogits whether the classifier is run on this row
     * @throws IllegalArgumentException if {@code position} is negative or no sequence has that slot
     * @throws IllegalStateException if there is no room
     */
    public void add(int token, int position, int sequence, boolean wantsLogits) {
        if (rows == rowCapacity) {
            throw new IllegalStateException("batch is full: rows=" + rows);
        }
        if (position < 0 || sequence < 0 || sequence >= sequences) {
            throw new IllegalArgumentException(
                    "position=" + position + ", sequence=" + sequence + ", sequences=" + sequences);
        }
        version++;
        block.setAtIndex(INT, rows, token);
        block.setAtIndex(INT, (long) rowCapacity + rows, position);
        block.setAtIndex(INT, 2L * rowCapacity + rows, sequence);
        if (wantsLogits) {
            block.setAtIndex(INT, 3L * rowCapacity + logitRows++, rows);
        }
        rows++;
    }

    public int rowCapacity() {
        return rowCapacity;
    }

    public int pagesPerSequence() {
        return pagesPerSequence;
    }

    public int rows() {
        return rows;
    }

    public int sequences() {
        return sequences;
    }

    /** How many rows asked for logits. */
    public int logitRows() {
        return logitRows;
    }

    /** The row whose logits come out as logits row {@code index}. */
    public int logitRow(int index) {
        return block.getAtIndex(INT, 3L * rowCapacity + index);
    }

    public int token(int row) {
        return block.getAtIndex(INT, row);
    }

    public int position(int row) {
        return block.getAtIndex(INT, (long) rowCapacity + row);
    }

    public int sequence(int row) {
        return block.getAtIndex(INT, 2L * rowCapacity + row);
    }

    /** The page that holds positions {@code [index * 64, (index + 1) * 64)} of the sequence in slot {@code sequence}. */
    public int page(int sequence, int index) {
        return block.getAtIndex(INT, 4L * rowCapacity + (long) sequence * pagesPerSequence + index);
    }

    /** Differs whenever the rows or the sequences of this batch may: what was read at a version holds until the next. */
    public long version() {
        return version;
    }

    /** The whole step block, laid out as said above. */
    public MemorySegment block() {
        return block;
    }
}
