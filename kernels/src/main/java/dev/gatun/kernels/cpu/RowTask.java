package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The operations that treat each row for itself, in parts of a few rows. A row is copied to an array, worked on, and
 * copied back: plain loops over arrays are what compilers turn into vector code.
 */
final class RowTask implements RowOperations, Team.Task {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int ROWS_PER_PART = 8;

    private enum Operation {
        RMS_NORM,
        ROPE,
        APPEND,
        SWIGLU,
        ADD
    }

    private static final class Scratch {
        float[] x = {};
        float[] y = {};
        float[] z = {};
        short[] halves = {};
    }

    private final Lanes lanes;
    private final Team team;
    private final Scratch[] scratch;
    private Operation operation = Operation.ADD;
    private @Nullable Tensor x;
    private @Nullable Tensor y;
    private @Nullable Tensor out;
    private @Nullable Rotation rotation;
    private @Nullable Batch batch;
    private @Nullable KvLayer layer;
    private float[] normWeight = {};
    private float epsilon;
    private int headDim;
    private int rows;

    RowTask(Lanes lanes, Team team) {
        this.lanes = lanes;
        this.team = team;
        this.scratch = new Scratch[team.size()];
        Arrays.setAll(scratch, i -> new Scratch());
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        if (normWeight.length < x.columns()) {
            normWeight = new float[x.columns()];
        }
        MemorySegment.copy(weight.storage(), FLOAT, weight.offset(), normWeight, 0, x.columns());
        this.epsilon = epsilon;
        this.out = out;
        run(Operation.RMS_NORM, x, x);
    }

    @Override
    public void rope(Tensor x, int headDim, Rotation rotation, Tensor angles) {
        this.headDim = headDim;
        this.rotation = rotation;
        run(Operation.ROPE, x, angles);
    }

    @Override
    public void append(Tensor k, Tensor v, Batch batch, KvLayer layer) {
        this.batch = batch;
        this.layer = layer;
        run(Operation.APPEND, k, v);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        this.out = out;
        run(Operation.SWIGLU, gate, up);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        run(Operation.ADD, x, y);
    }

    private void run(Operation operation, Tensor x, Tensor y) {
        this.operation = operation;
        this.x = x;
        this.y = y;
        this.rows = x.rows();
        int columns = Math.max(x.columns(), y.columns());
        for (Scratch each : scratch) {
            if (each.x.length < columns) {
                each.x = new float[columns];
                each.y = new float[columns];
                each.z = new float[columns];
                each.halves = new short[columns];
            }
        }
        team.run(this, Math.ceilDiv(rows, ROWS_PER_PART));
    }

    @Override
    public void run(int part, int worker) {
        Tensor x = this.x;
        Tensor y = this.y;
        if (x == null || y == null) {
            throw new IllegalStateException("operands are not set");
        }
        Scratch mine = scratch[worker];
        int end = Math.min(rows, (part + 1) * ROWS_PER_PART);
        for (int row = part * ROWS_PER_PART; row < end; row++) {
            load(x, row, mine.x);
            switch (operation) {
                case RMS_NORM -> rmsNorm(mine.x, x.columns(), row);
                case ROPE -> {
                    load(y, row, mine.y);
                    rope(mine.x, x.columns(), mine.y);
                    store(mine.x, x, row);
                }
                case APPEND -> {
                    load(y, row, mine.y);
                    append(mine, row);
                }
                case SWIGLU -> {
                    load(y, row, mine.y);
                    lanes.swiGlu(mine.x, mine.y, mine.z, x.columns());
                    store(mine.x, out, row);
                }
                case ADD -> {
                    load(y, row, mine.y);
                    for (int c = 0; c < x.columns(); c++) {
                        mine.x[c] += mine.y[c];
                    }
                    store(mine.x, x, row);
                }
            }
        }
    }

    private void rmsNorm(float[] x, int columns, int row) {
        double squares = 0;
        for (int c = 0; c < columns; c++) {
            squares += (double) x[c] * x[c];
        }
        float scale = (float) (1 / Math.sqrt(squares / columns + epsilon));
        for (int c = 0; c < columns; c++) {
            x[c] = x[c] * scale * normWeight[c];
        }
        store(x, out, row);
    }

    private void rope(float[] x, int columns, float[] angles) {
        Rotation rotation = this.rotation;
        if (rotation == null) {
            throw new IllegalStateException("no rotation");
        }
        int pairs = rotation.dimensions() / 2;
        boolean adjacent = rotation.pairs() == Rotation.Pairs.ADJACENT;
        for (int head = 0; head < columns; head += headDim) {
            for (int i = 0; i < pairs; i++) {
                int first = head + (adjacent ? 2 * i : i);
                int second = adjacent ? first + 1 : first + pairs;
                float cos = angles[2 * i];
                float sin = angles[2 * i + 1];
                float a = x[first];
                float b = x[second];
                x[first] = a * cos - b * sin;
                x[second] = a * sin + b * cos;
            }
        }
    }

    private void append(Scratch mine, int row) {
        Batch batch = this.batch;
        KvLayer layer = this.layer;
        if (batch == null || layer == null) {
            throw new IllegalStateException("no cache");
        }
        int position = batch.position(row);
        int page = batch.page(batch.sequence(row), position / KvLayer.PAGE_TOKENS);
        for (int head = 0; head < layer.kvHeads(); head++) {
            int token = position % KvLayer.PAGE_TOKENS;
            long at = layer.byteOffset(page, head, token);
            if (layer.type() == DType.Q8_0) {
                long scales = layer.scaleOffset(page, head, token);
                quantise(layer.headDim(), mine.x, head, layer.keys(), at, scales);
                quantise(layer.headDim(), mine.y, head, layer.values(), at, scales);
            } else {
                write(layer, mine.x, head, mine.halves, layer.keys(), at);
                write(layer, mine.y, head, mine.halves, layer.values(), at);
            }
        }
    }

    private static void quantise(int headDim, float[] source, int head, MemorySegment target, long codes, long scales) {
        int from = head * headDim;
        for (int begin = 0; begin < headDim; begin += WeightGroup.SIZE) {
            int end = Math.min(headDim, begin + WeightGroup.SIZE);
            float most = 0;
            for (int d = begin; d < end; d++) {
                most = Math.max(most, Math.abs(source[from + d])); // NaN if one is
            }
            float inverse = 127f / most;
            if (Float.isInfinite(inverse)) {
                inverse = 0;
            }
            for (int d = begin; d < end; d++) {
                target.set(ValueLayout.JAVA_BYTE, codes + d, (byte) Math.rint(source[from + d] * inverse));
            }
            target.set(
                    ValueLayout.JAVA_SHORT,
                    scales + 2L * (begin / WeightGroup.SIZE),
                    Float.floatToFloat16(most / 127f));
        }
    }

    private static void write(KvLayer layer, float[] source, int head, short[] halves, MemorySegment target, long at) {
        int headDim = layer.headDim();
        int from = head * headDim;
        if (layer.type() == DType.F32) {
            MemorySegment.copy(source, from, target, FLOAT, at, headDim);
            return;
        }
        for (int d = 0; d < headDim; d++) {
            halves[d] = Float.floatToFloat16(source[from + d]);
        }
        MemorySegment.copy(halves, 0, target, ValueLayout.JAVA_SHORT, at, headDim);
    }

    private static void load(Tensor source, int row, float[] target) {
        long at = source.offset() + row * source.rowByteSize();
        MemorySegment.copy(source.storage(), FLOAT, at, target, 0, source.columns());
    }

    private static void store(float[] source, @Nullable Tensor target, int row) {
        if (target == null) {
            throw new IllegalStateException("no output");
        }
        long at = target.offset() + row * target.rowByteSize();
        MemorySegment.copy(source, 0, target.storage(), FLOAT, at, target.columns());
    }

    /** Nothing but arrays is held. */
    @Override
    public void close() {}
}
