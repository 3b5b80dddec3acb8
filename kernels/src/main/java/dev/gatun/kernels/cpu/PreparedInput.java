package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The input of a matrix product, made ready once for all the matrices it meets: rows padded to whole groups of 32 columns,
 * in int8 mode quantised, with the sum of each group for weights that have a minimum.
 *
 * <p>In int8 mode {@link #values} holds integer codes (as floats, which hold them exactly) and {@link #codes} the same as
 * shorts; in float mode {@link #values} holds the numbers themselves and scales are 1.
 */
final class PreparedInput implements Team.Task {
    private static final int ROWS_PER_PART = 8;

    private final Lanes lanes;
    private final Team team;
    private final float[][] rowOf; // one a worker
    private @Nullable Tensor source;
    private int capacityRows;
    private int capacityColumns;
    private float[] values = {};
    private short[] codes = {};
    private float[] scales = {};
    private float[] sums = {};
    private int[] codeSums = {};
    private int rows;
    private int groups;
    private boolean int8;

    PreparedInput(Lanes lanes, Team team) {
        this.lanes = lanes;
        this.team = team;
        this.rowOf = new float[team.size()][0];
    }

    /** Takes {@code x} over. Allocates only when it is larger than any before. */
    void load(Tensor x, boolean int8) {
        this.rows = x.rows();
        this.groups = Math.ceilDiv(x.columns(), WeightGroup.SIZE);
        this.int8 = int8;
        int padded = groups * WeightGroup.SIZE;
        reserve(rows, padded);
        source = x;
        team.run(this, Math.ceilDiv(rows, ROWS_PER_PART));
    }

    @Override
    public void run(int part, int worker) {
        Tensor x = source;
        if (x == null) {
            throw new IllegalStateException("no input");
        }
        int end = Math.min(rows, (part + 1) * ROWS_PER_PART);
        for (int r = part * ROWS_PER_PART; r < end; r++) {
            load(x, r, groups * WeightGroup.SIZE, rowOf[worker]);
        }
    }

    private void load(Tensor x, int r, int padded, float[] row) {
        int columns = x.columns();
        MemorySegment.copy(x.storage(), ValueLayout.JAVA_FLOAT, x.offset() + r * x.rowByteSize(), row, 0, columns);
        Arrays.fill(row, columns, padded, 0f);
        for (int g = 0; g < groups; g++) {
            int from = g * WeightGroup.SIZE;
            int to = r * padded + from;
            int group = r * groups + g;
            if (int8) {
                float scale = lanes.quantise(row, from, values, to);
                int sum = 0;
                for (int i = 0; i < WeightGroup.SIZE; i++) {
                    int code = (int) values[to + i];
                    codes[to + i] = (short) code;
                    sum += code;
                }
                scales[group] = scale;
                codeSums[group] = sum;
                sums[group] = scale * sum;
            } else {
                float sum = 0;
                for (int i = 0; i < WeightGroup.SIZE; i++) {
                    sum += row[from + i];
                }
                System.arraycopy(row, from, values, to, WeightGroup.SIZE);
                scales[group] = 1f;
                sums[group] = sum;
            }
        }
    }

    private void reserve(int rows, int padded) {
        if (rows > capacityRows || padded > capacityColumns) {
            capacityRows = Math.max(rows, capacityRows);
            capacityColumns = Math.max(padded, capacityColumns);
            int size = Math.multiplyExact(capacityRows, capacityColumns);
            values = new float[size];
            codes = new short[size];
            scales = new float[size / WeightGroup.SIZE];
            sums = new float[size / WeightGroup.SIZE];
            codeSums = new int[size / WeightGroup.SIZE];
            Arrays.setAll(rowOf, i -> new float[capacityColumns]);
        }
    }

    int rows() {
        return rows;
    }

    int groups() {
        return groups;
    }

    boolean isInt8() {
        return int8;
    }

    /** [rows][groups * 32] */
    float[] values() {
        return values;
    }

    /** [rows][groups * 32], in int8 mode */
    short[] codes() {
        return codes;
    }

    /** [rows][groups] */
    float[] scales() {
        return scales;
    }

    /** [rows][groups]: sum of the numbers a group stands for */
    float[] sums() {
        return sums;
    }

    /** [rows][groups]: sum of the codes of a group, in int8 mode */
    int[] codeSums() {
        return codeSums;
    }
}
