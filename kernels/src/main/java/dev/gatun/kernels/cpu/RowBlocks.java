package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Batch;

/** The rows of a batch in blocks of up to {@link #MOST_ROWS} neighbours of one sequence, which share its pages. */
final class RowBlocks {
    static final int MOST_ROWS = 16;

    private int[] begins = new int[16];
    private int count;

    /** Cuts anew. Allocates only for more rows than ever before. */
    void cut(Batch batch) {
        if (begins.length < batch.rows() + 1) {
            begins = new int[batch.rows() + 1];
        }
        count = 0;
        for (int row = 0; row < batch.rows(); row++) {
            boolean joins =
                    row > 0 && batch.sequence(row) == batch.sequence(row - 1) && row - begins[count - 1] < MOST_ROWS;
            if (!joins) {
                begins[count++] = row;
            }
        }
        begins[count] = batch.rows();
    }

    int count() {
        return count;
    }

    /** The first row of a block. */
    int begin(int block) {
        return begins[block];
    }

    /** The row after a block's last. */
    int end(int block) {
        return begins[block + 1];
    }
}
