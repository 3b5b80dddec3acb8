package dev.gatun.kernels;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of several sequences with scattered pages, all positions from 0 on, some sequences in one piece and two of them
 * interleaved row by row.
 *
 * @param sequence of each row
 * @param position of each row
 */
record Sequences(List<Integer> sequence, List<Integer> position) {
    static final int PAGES = 16;

    private static final int SLOTS = 5;
    private static final int PAGES_PER_SEQUENCE = 6;
    /** Pages of each sequence, in no order and with gaps; the entries beyond a sequence's end name no page. */
    private static final int[][] TABLES = {{9, 2, 15, 0, 7}, {4}, {11, 3}, {14, 5}, {1, 12, 6}};

    /** Lengths that end before, at and after the border of a page, the longest 300. */
    static Sequences mixed() {
        Sequences sequences = new Sequences(new ArrayList<>(), new ArrayList<>());
        sequences.run(0, 300);
        sequences.run(1, 1);
        sequences.run(2, 64);
        for (int p = 0; p < 65; p++) {
            sequences.add(3, p);
            sequences.add(4, p);
        }
        for (int p = 65; p < 129; p++) {
            sequences.add(4, p);
        }
        return sequences;
    }

    private void run(int slot, int length) {
        for (int p = 0; p < length; p++) {
            add(slot, p);
        }
    }

    private void add(int slot, int p) {
        sequence.add(slot);
        position.add(p);
    }

    int rows() {
        return sequence.size();
    }

    /** The rows whose keys row {@code row} attends to, in ascending position. */
    List<Integer> context(int row) {
        List<Integer> rows = new ArrayList<>();
        for (int r = 0; r <= row; r++) {
            if (sequence.get(r).equals(sequence.get(row))) {
                rows.add(r);
            }
        }
        return rows;
    }

    /** The rows {@code [begin, begin + count)} as a batch in which each has its number as its token. */
    Batch batch(Arena arena, int begin, int count) {
        Batch batch = new Batch(arena, count, SLOTS, PAGES_PER_SEQUENCE);
        for (int[] table : TABLES) {
            batch.addSequence(table, table.length);
        }
        for (int r = begin; r < begin + count; r++) {
            batch.add(r, position.get(r), sequence.get(r), r % 3 == 0);
        }
        return batch;
    }
}
