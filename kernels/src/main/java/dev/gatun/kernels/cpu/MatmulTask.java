package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One or more matrix products with the same input, in parts of a few panels. Few rows multiply straight from the packed
 * weights; from {@link Lanes#TILE_ROWS} rows on, a panel is unpacked once and meets all rows in tiles. Both give the same
 * bits.
 */
final class MatmulTask implements Team.Task {
    private static final int MOST_MATRICES = 3;
    /** Panels of a part: small enough to share evenly, large enough that taking a part costs nothing. */
    private static final int PANELS_PER_PART = 4;

    /** What one thread writes to while it works. */
    private static final class Scratch {
        float[] out = {};
        float[] codes = {};
        float[] scales = {};
        float[] minimums = {};
        float[] sums = {};
    }

    private final Lanes lanes;
    private final PreparedInput input;
    private final Scratch[] scratch;
    private final @Nullable PackedMatrix[] matrices = new PackedMatrix[MOST_MATRICES];
    private final @Nullable Tensor[] biases = new Tensor[MOST_MATRICES];
    private final @Nullable Tensor[] outs = new Tensor[MOST_MATRICES];
    private final int[] partsUpTo = new int[MOST_MATRICES];
    private int count;

    MatmulTask(Lanes lanes, PreparedInput input, int workers) {
        this.lanes = lanes;
        this.input = input;
        this.scratch = new Scratch[workers];
        Arrays.setAll(scratch, i -> new Scratch());
    }

    void clear() {
        count = 0;
    }

    void add(PackedMatrix matrix, @Nullable Tensor bias, Tensor out) {
        matrices[count] = matrix;
        biases[count] = bias;
        outs[count] = out;
        int parts = Math.ceilDiv(matrix.panels(), PANELS_PER_PART);
        partsUpTo[count] = parts + (count == 0 ? 0 : partsUpTo[count - 1]);
        count++;
        for (Scratch each : scratch) {
            reserve(each, matrix);
        }
    }

    int parts() {
        return partsUpTo[count - 1];
    }

    private void reserve(Scratch scratch, PackedMatrix matrix) {
        int groups = matrix.groups();
        if (scratch.scales.length < groups * lanes.rows()) {
            scratch.out = new float[Lanes.TILE_ROWS * lanes.rows()];
            scratch.sums = new float[Math.max(groups, Lanes.TILE_ROWS) * lanes.rows()];
            scratch.codes = new float[groups * WeightGroup.SIZE * lanes.rows()];
            scratch.scales = new float[groups * lanes.rows()];
            scratch.minimums = new float[groups * lanes.rows()];
        }
    }

    @Override
    public void run(int part, int worker) {
        int m = 0;
        while (part >= partsUpTo[m]) {
            m++;
        }
        PackedMatrix matrix = matrices[m];
        Tensor out = outs[m];
        if (matrix == null || out == null) {
            throw new IllegalStateException("no matrix in slot " + m);
        }
        int first = (part - (m == 0 ? 0 : partsUpTo[m - 1])) * PANELS_PER_PART;
        int end = Math.min(matrix.panels(), first + PANELS_PER_PART);
        for (int panel = first; panel < end; panel++) {
            multiply(matrix, panel, biases[m], out, scratch[worker]);
        }
    }

    private void multiply(PackedMatrix matrix, int panel, @Nullable Tensor bias, Tensor out, Scratch scratch) {
        int rows = input.rows();
        int row = 0;
        if (rows >= Lanes.TILE_ROWS) {
            lanes.unpackPanel(matrix, panel, scratch.codes, scratch.scales, scratch.minimums);
            for (; row <= rows - Lanes.TILE_ROWS; row += Lanes.TILE_ROWS) {
                lanes.multiplyTile(
                        matrix, scratch.codes, scratch.scales, scratch.minimums, input, row, scratch.out, scratch.sums);
                for (int t = 0; t < Lanes.TILE_ROWS; t++) {
                    store(scratch.out, t * lanes.rows(), panel, bias, out, row + t);
                }
            }
        }
        for (; row < rows; row++) {
            lanes.multiplyRow(matrix, panel, input, row, scratch.out, scratch.sums);
            store(scratch.out, 0, panel, bias, out, row);
        }
    }

    private void store(float[] sums, int from, int panel, @Nullable Tensor bias, Tensor out, int row) {
        int column = panel * lanes.rows();
        int length = Math.min(lanes.rows(), out.columns() - column);
        if (bias != null) {
            for (int i = 0; i < length; i++) {
                sums[from + i] += bias.storage().get(ValueLayout.JAVA_FLOAT, bias.offset() + 4L * (column + i));
            }
        }
        long at = out.offset() + row * out.rowByteSize() + 4L * column;
        MemorySegment.copy(sums, from, out.storage(), ValueLayout.JAVA_FLOAT, at, length);
    }
}
