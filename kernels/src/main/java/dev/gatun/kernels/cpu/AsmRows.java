package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The operations that treat each row for itself, in machine code: one call a part of some rows. The addresses of the
 * operands are read once, when the operation begins. What there is no machine code for goes to another tier.
 */
final class AsmRows implements RowOperations, Team.Task {
    private static final int ROWS_PER_PART = 8;
    /** Numbers of a part where rows do not matter, a multiple of 16: about two microseconds of work. */
    private static final int NUMBERS_PER_PART = 8192;

    private static final int FIELDS = 16;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private enum Operation {
        RMS_NORM,
        ROPE_ADJACENT,
        ROPE_HALVES,
        APPEND_F16,
        APPEND_F32,
        SWIGLU,
        ADD
    }

    private final AsmRowKernels kernels;
    private final Team team;
    private final RowOperations other;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment fields; // [workers][FIELDS]
    private Operation operation = Operation.ADD;
    private long x;
    private long y;
    private long out;
    private long rowByteSize; // of x and out
    private long otherRowByteSize; // of y
    private int rows;
    private int columns;
    private long numbers;
    private double epsilon;
    private int headDim;
    private int pairs;
    private long positions;
    private long sequences;
    private long pages;
    private int pagesPerSequence;
    private long keys;
    private long values;
    private int kvHeads;

    /** @param other for appending to a cache of another type than f16 or f32; closed with this */
    AsmRows(AsmRowKernels kernels, Team team, RowOperations other) {
        this.kernels = kernels;
        this.team = team;
        this.other = other;
        this.fields = arena.allocate(8L * FIELDS * team.size(), 64);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        this.epsilon = epsilon;
        this.y = AsmProducts.address(weight);
        this.out = AsmProducts.address(out);
        run(Operation.RMS_NORM, x);
    }

    @Override
    public void rope(Tensor x, int headDim, Rotation rotation, Tensor angles) {
        this.headDim = headDim;
        this.pairs = rotation.dimensions() / 2;
        if (pairs == 0) {
            return;
        }
        this.y = AsmProducts.address(angles);
        this.otherRowByteSize = angles.rowByteSize();
        run(rotation.pairs() == Rotation.Pairs.ADJACENT ? Operation.ROPE_ADJACENT : Operation.ROPE_HALVES, x);
    }

    @Override
    public void append(Tensor k, Tensor v, Batch batch, KvLayer layer) {
        if (layer.type() != DType.F16 && layer.type() != DType.F32) {
            other.append(k, v, batch, layer);
            return;
        }
        this.y = AsmProducts.address(v);
        this.headDim = layer.headDim();
        this.kvHeads = layer.kvHeads();
        requireAlive(layer);
        this.keys = layer.keys().address();
        this.values = layer.values().address();
        // The block is laid out as Batch says.
        this.positions = batch.block().address() + 4L * batch.rowCapacity();
        this.sequences = batch.block().address() + 8L * batch.rowCapacity();
        this.pages = batch.block().address() + 16L * batch.rowCapacity();
        this.pagesPerSequence = batch.pagesPerSequence();
        run(layer.type() == DType.F16 ? Operation.APPEND_F16 : Operation.APPEND_F32, k);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        this.y = AsmProducts.address(up);
        this.out = AsmProducts.address(out);
        runOnNumbers(Operation.SWIGLU, gate);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        this.y = AsmProducts.address(y);
        runOnNumbers(Operation.ADD, x);
    }

    private void run(Operation operation, Tensor x) {
        set(operation, x);
        if (rows > 0 && columns > 0) {
            team.run(this, Math.ceilDiv(rows, ROWS_PER_PART));
        }
    }

    private void runOnNumbers(Operation operation, Tensor x) {
        set(operation, x);
        if (numbers > 0) {
            team.run(this, Math.toIntExact(Math.ceilDiv(numbers, NUMBERS_PER_PART)));
        }
    }

    private void set(Operation operation, Tensor x) {
        this.operation = operation;
        this.x = AsmProducts.address(x);
        this.rowByteSize = x.rowByteSize();
        this.rows = x.rows();
        this.columns = x.columns();
        this.numbers = (long) rows * columns;
    }

    @Override
    public void run(int part, int worker) {
        long block = 8L * FIELDS * worker;
        MethodHandle entry = switch (operation) {
            case RMS_NORM -> rmsNorm(part, block);
            case ROPE_ADJACENT -> rope(part, block, kernels.ropeAdjacent());
            case ROPE_HALVES -> rope(part, block, kernels.ropeHalves());
            case APPEND_F16 -> append(part, block, kernels.appendF16());
            case APPEND_F32 -> append(part, block, kernels.appendF32());
            case SWIGLU -> swiGlu(part, block);
            case ADD -> add(part, block);
        };
        KernelCode.call(entry, fields.address() + block);
    }

    /** Pages are checked by their numbers elsewhere; here it is that they are memory at all. */
    static void requireAlive(KvLayer layer) {
        long byteSize = KvLayer.byteSize(layer.type(), layer.pages(), layer.kvHeads(), layer.headDim());
        for (int i = 0; i < 2; i++) {
            MemorySegment storage = i == 0 ? layer.keys() : layer.values();
            if (!storage.isNative() || !storage.scope().isAlive() || storage.byteSize() < byteSize) {
                throw new IllegalArgumentException("not in live native memory: " + layer);
            }
        }
    }

    private void field(long block, int at, long value) {
        fields.set(LONG, block + at, value);
    }

    private int rowsOf(int part) {
        return Math.min(ROWS_PER_PART, rows - part * ROWS_PER_PART);
    }

    private long numbersOf(int part) {
        return Math.min(NUMBERS_PER_PART, numbers - (long) part * NUMBERS_PER_PART);
    }

    private MethodHandle rmsNorm(int part, long block) {
        long from = (long) part * ROWS_PER_PART * rowByteSize;
        field(block, 0, x + from);
        field(block, 8, y);
        field(block, 16, out + from);
        field(block, 24, columns);
        field(block, 32, rowsOf(part));
        field(block, 40, rowByteSize);
        fields.set(ValueLayout.JAVA_DOUBLE, block + 48, epsilon);
        fields.set(ValueLayout.JAVA_DOUBLE, block + 56, columns);
        return kernels.rmsNorm();
    }

    private MethodHandle rope(int part, long block, MethodHandle entry) {
        field(block, 0, x + (long) part * ROWS_PER_PART * rowByteSize);
        field(block, 8, y + (long) part * ROWS_PER_PART * otherRowByteSize);
        field(block, 16, rowsOf(part));
        field(block, 24, columns / headDim);
        field(block, 32, 4L * headDim);
        field(block, 40, rowByteSize);
        field(block, 48, otherRowByteSize);
        field(block, 56, pairs);
        return entry;
    }

    private MethodHandle append(int part, long block, MethodHandle entry) {
        int row = part * ROWS_PER_PART;
        field(block, 0, x + row * rowByteSize);
        field(block, 8, y + row * rowByteSize);
        field(block, 16, rowsOf(part));
        field(block, 24, rowByteSize);
        field(block, 32, positions + 4L * row);
        field(block, 40, sequences + 4L * row);
        field(block, 48, pages);
        field(block, 56, pagesPerSequence);
        field(block, 64, keys);
        field(block, 72, values);
        field(block, 80, kvHeads);
        field(block, 88, headDim);
        return entry;
    }

    private MethodHandle swiGlu(int part, long block) {
        long from = 4L * part * NUMBERS_PER_PART;
        field(block, 0, x + from);
        field(block, 8, y + from);
        field(block, 16, out + from);
        field(block, 24, numbersOf(part));
        return kernels.swiGlu();
    }

    private MethodHandle add(int part, long block) {
        long from = 4L * part * NUMBERS_PER_PART;
        field(block, 0, x + from);
        field(block, 8, y + from);
        field(block, 16, numbersOf(part));
        return kernels.add();
    }

    @Override
    public void close() {
        other.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
