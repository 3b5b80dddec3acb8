package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Shapes;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The processor, with vector registers where the vector module is there. Weights are repacked when they are loaded (see
 * {@link PackedMatrix}); products of matrices and attention are shared by a {@link Team} of threads.
 */
public final class CpuBackend implements Backend {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Lanes lanes;
    private final Team team;
    private final boolean int8;
    private final PreparedInput input;
    private final MatmulTask matmul;
    private final AttendTask attend;
    private final RowTask rows;
    private final IdentityHashMap<MemorySegment, PackedMatrix> packed = new IdentityHashMap<>();
    private float[] embedding = {};

    /**
     * @param threads threads that compute, the calling one included
     * @param activations what products quantise their input to; {@link Activations#AUTO} is {@link Activations#INT8}, the
     *     faster of the two wherever it was measured
     */
    public CpuBackend(int threads, Activations activations) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads=" + threads);
        }
        this.lanes = LaneTiers.best();
        this.team = new Team(threads);
        this.int8 = activations != Activations.F32;
        this.input = new PreparedInput(lanes, team);
        this.matmul = new MatmulTask(lanes, input, threads);
        this.attend = new AttendTask(lanes, threads);
        this.rows = new RowTask(lanes, team);
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "cpu (" + lanes.description() + ", " + team.size() + (team.size() == 1 ? " thread" : " threads")
                + "), activations " + (int8 ? "int8" : "f32");
    }

    // ---- memory

    @Override
    public Tensor allocate(Arena arena, DType type, int rows, int columns) {
        Shapes.allocate(rows, columns);
        long byteSize = Math.multiplyExact(type.byteSize(columns), (long) rows);
        return new Tensor(type, rows, columns, arena.allocate(byteSize, 64), 0);
    }

    @Override
    public Tensor weights(Arena arena, DType type, int rows, int columns, MemorySegment source) {
        Shapes.weights(type, rows, columns, source.byteSize());
        MemorySegment storage = arena.allocate(PackedMatrix.byteSize(type, rows, columns, lanes.rows()), 64);
        Tensor tensor = new Tensor(type, rows, columns, storage, 0);
        PackedMatrix matrix = PackedMatrix.of(tensor, lanes.rows());
        team.run(new PackTask(matrix, type, source), matrix.panels());
        packed.put(storage, matrix);
        return tensor;
    }

    @Override
    public KvLayer kvLayer(Arena arena, DType type, int pages, int kvHeads, int headDim) {
        long byteSize = KvLayer.byteSize(type, pages, kvHeads, headDim);
        return new KvLayer(type, pages, kvHeads, headDim, arena.allocate(byteSize, 64), arena.allocate(byteSize, 64));
    }

    @Override
    public void upload(MemorySegment source, Tensor target) {
        Shapes.transfer(target, source.byteSize());
        MemorySegment.copy(source, 0, target.storage(), target.offset(), source.byteSize());
    }

    @Override
    public void download(Tensor source, MemorySegment target) {
        Shapes.transfer(source, target.byteSize());
        MemorySegment.copy(source.storage(), source.offset(), target, 0, target.byteSize());
    }

    // ---- operations

    @Override
    public void embed(Tensor table, Batch batch, Tensor out) {
        Shapes.embed(table, batch, out);
        PackedMatrix matrix = packed(table);
        if (embedding.length < out.columns()) {
            embedding = new float[out.columns()];
        }
        for (int row = 0; row < batch.rows(); row++) {
            matrix.unpackRow(batch.token(row), embedding);
            long at = out.offset() + row * out.rowByteSize();
            MemorySegment.copy(embedding, 0, out.storage(), FLOAT, at, out.columns());
        }
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        Shapes.rmsNorm(x, weight, out);
        rows.rmsNorm(x, weight, epsilon, out);
    }

    @Override
    public void matmul(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Shapes.matmul(x, weight, bias, out);
        prepare(x, weight);
        matmul.clear();
        matmul.add(packed(weight), bias, out);
        team.run(matmul, matmul.parts());
    }

    @Override
    public void qkv(
            Tensor x,
            Tensor queryWeight,
            @Nullable Tensor queryBias,
            Tensor keyWeight,
            @Nullable Tensor keyBias,
            Tensor valueWeight,
            @Nullable Tensor valueBias,
            Tensor q,
            Tensor k,
            Tensor v) {
        boolean alike =
                takesInt8(queryWeight) == takesInt8(keyWeight) && takesInt8(keyWeight) == takesInt8(valueWeight);
        if (!alike) {
            Backend.super.qkv(x, queryWeight, queryBias, keyWeight, keyBias, valueWeight, valueBias, q, k, v);
            return;
        }
        Shapes.matmul(x, queryWeight, queryBias, q);
        Shapes.matmul(x, keyWeight, keyBias, k);
        Shapes.matmul(x, valueWeight, valueBias, v);
        prepare(x, queryWeight);
        matmul.clear();
        matmul.add(packed(queryWeight), queryBias, q);
        matmul.add(packed(keyWeight), keyBias, k);
        matmul.add(packed(valueWeight), valueBias, v);
        team.run(matmul, matmul.parts());
    }

    @Override
    public void feedForward(
            Tensor x, Tensor gateWeight, Tensor upWeight, Tensor downWeight, Tensor gateOut, Tensor upOut, Tensor out) {
        if (takesInt8(gateWeight) != takesInt8(upWeight)) {
            Backend.super.feedForward(x, gateWeight, upWeight, downWeight, gateOut, upOut, out);
            return;
        }
        Shapes.matmul(x, gateWeight, null, gateOut);
        Shapes.matmul(x, upWeight, null, upOut);
        prepare(x, gateWeight);
        matmul.clear();
        matmul.add(packed(gateWeight), null, gateOut);
        matmul.add(packed(upWeight), null, upOut);
        team.run(matmul, matmul.parts());
        swiGlu(gateOut, upOut, gateOut);
        matmul(gateOut, downWeight, null, out);
    }

    @Override
    public void angles(Batch batch, Rotation rotation, Tensor out) {
        Shapes.angles(batch, rotation, out);
        double[] frequencies = rotation.inverseFrequencies();
        for (int row = 0; row < batch.rows(); row++) {
            long at = out.offset() + row * out.rowByteSize();
            for (int i = 0; i < frequencies.length; i++) {
                double angle = batch.position(row) * frequencies[i];
                out.storage().set(FLOAT, at + 8L * i, (float) (rotation.magnitude() * Math.cos(angle)));
                out.storage().set(FLOAT, at + 8L * i + 4, (float) (rotation.magnitude() * Math.sin(angle)));
            }
        }
    }

    @Override
    public void rope(Tensor x, int headDim, Rotation rotation, Tensor angles) {
        Shapes.rope(x, headDim, rotation, angles);
        rows.rope(x, headDim, rotation, angles);
    }

    @Override
    public void append(Tensor k, Tensor v, Batch batch, KvLayer layer) {
        Shapes.append(k, v, batch, layer);
        rows.append(k, v, batch, layer);
    }

    @Override
    public void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out) {
        Shapes.attend(q, batch, layer, out);
        attend.set(q, batch, layer, scale, out);
        team.run(attend, attend.parts());
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        Shapes.same("swiGlu", gate, up);
        Shapes.same("swiGlu", gate, out);
        rows.swiGlu(gate, up, out);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Shapes.same("add", x, y);
        rows.add(x, y);
    }

    @Override
    public void gather(Tensor x, Batch batch, Tensor out) {
        Shapes.gather(x, batch, out);
        for (int i = 0; i < batch.logitRows(); i++) {
            long from = x.offset() + batch.logitRow(i) * x.rowByteSize();
            long to = out.offset() + i * out.rowByteSize();
            MemorySegment.copy(x.storage(), from, out.storage(), to, out.rowByteSize());
        }
    }

    @Override
    public void close() {
        team.close();
    }

    private boolean takesInt8(Tensor weight) {
        return int8 && weight.type().isQuantised();
    }

    private void prepare(Tensor x, Tensor weight) {
        input.load(x, takesInt8(weight));
    }

    private PackedMatrix packed(Tensor weight) {
        PackedMatrix matrix = packed.get(weight.storage());
        if (matrix == null) {
            throw new IllegalArgumentException("not a weight matrix of this backend: " + weight.type() + " ["
                    + weight.rows() + "][" + weight.columns() + "]");
        }
        return matrix;
    }

    /** Packs the rows of one panel. */
    private record PackTask(PackedMatrix matrix, DType type, MemorySegment source) implements Team.Task {
        @Override
        public void run(int panel, int worker) {
            matrix.pack(type, source, panel);
        }
    }
}
