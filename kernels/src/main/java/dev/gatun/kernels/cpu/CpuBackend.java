package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.CpuTier;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.HostBackend;
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
 * The processor: machine code where it runs, vector registers for the rest where the vector module is there, scalar loops
 * elsewhere. Weights are repacked when they are loaded (see {@link AsmMatrix} and {@link PackedMatrix}); every operation
 * is shared by a {@link Team} of threads in parts that do not depend on how many there are.
 */
public final class CpuBackend implements HostBackend {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Lanes lanes;
    private final CpuTier tier;
    private final String tierDescription;
    private final Team team;
    private final HugePages memory = new HugePages();
    private final boolean int8;
    private final PreparedInput input;
    private final MatmulTask matmul;
    private final Attention attention;
    private final RowOperations rows;
    private final @Nullable AsmProducts products; // null without machine code
    private final IdentityHashMap<MemorySegment, PackedMatrix> packed = new IdentityHashMap<>();
    private final IdentityHashMap<MemorySegment, AsmMatrix> asmPacked = new IdentityHashMap<>();
    private float[] embedding = {};

    /**
     * @param threads threads that compute, the calling one included
     * @param activations what products quantise their input to; {@link Activations#AUTO} is {@link Activations#INT8}, the
     *     faster of the two wherever it was measured
     */
    public CpuBackend(int threads, Activations activations) {
        this(threads, activations, CpuTier.AUTO);
    }

    /**
     * @param threads threads that compute, the calling one included
     * @param activations as above
     * @param tier inner loops by name, or {@link CpuTier#AUTO}: then the system property {@value LaneTiers#TIER_PROPERTY}
     *     may name them
     * @throws UnsupportedOperationException if this machine lacks the tier that is named
     */
    public CpuBackend(int threads, Activations activations, CpuTier tier) {
        this(threads, activations, LaneTiers.wanted(tier), LaneTiers.machineCode(LaneTiers.wanted(tier)));
    }

    CpuBackend(int threads, Activations activations, CpuTier wanted, @Nullable AsmKernels kernels) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads=" + threads);
        }
        this.lanes = LaneTiers.open(wanted);
        this.team = new Team(threads);
        this.int8 = activations != Activations.F32;
        this.input = new PreparedInput(lanes, team);
        this.matmul = new MatmulTask(lanes, input, threads);
        RowTask arrays = new RowTask(lanes, team);
        AsmRowKernels rowKernels = kernels == null ? null : kernels.rows();
        this.rows = rowKernels == null ? arrays : new AsmRows(rowKernels, team, arrays);
        AttendTask pages = new AttendTask(lanes, team);
        this.attention = rowKernels == null ? pages : new AsmAttend(rowKernels, team, pages);
        this.products = kernels == null ? null : new AsmProducts(kernels, team);
        this.tier = LaneTiers.running(lanes, kernels != null);
        this.tierDescription = LaneTiers.description(wanted, lanes, kernels, int8);
    }

    @Override
    public String name() {
        return "cpu";
    }

    /** The tier that runs: never {@link CpuTier#AUTO}. */
    public CpuTier tier() {
        return tier;
    }

    @Override
    public String description() {
        return "cpu (" + tierDescription + ", " + team.size() + (team.size() == 1 ? " thread" : " threads")
                + "), activations " + (int8 ? "int8" : "f32");
    }

    // ---- memory

    @Override
    public Tensor weights(Arena arena, DType type, int rows, int columns, MemorySegment source) {
        Shapes.weights(type, rows, columns, source.byteSize());
        if (products != null && (int8 || !type.isQuantised())) {
            return asmWeights(products, arena, type, rows, columns, source);
        }
        MemorySegment storage = memory.allocate(arena, PackedMatrix.byteSize(type, rows, columns, lanes.rows()));
        Tensor tensor = new Tensor(type, rows, columns, storage, 0);
        PackedMatrix matrix = PackedMatrix.of(tensor, lanes.rows());
        team.run(new PackTask(matrix, type, source), matrix.panels());
        packed.put(storage, matrix);
        return tensor;
    }

    private Tensor asmWeights(
            AsmProducts products, Arena arena, DType type, int rows, int columns, MemorySegment source) {
        MemorySegment storage = memory.allocate(arena, AsmMatrix.byteSize(type, rows, columns));
        AsmMatrix matrix = new AsmMatrix(type, rows, columns, storage);
        products.pack(matrix, source);
        asmPacked.put(storage, matrix);
        return new Tensor(type, rows, columns, storage, 0);
    }

    @Override
    public KvLayer kvLayer(Arena arena, DType type, int pages, int kvHeads, int headDim) {
        long byteSize = KvLayer.byteSize(type, pages, kvHeads, headDim);
        MemorySegment keys = memory.allocate(arena, byteSize);
        return new KvLayer(type, pages, kvHeads, headDim, keys, memory.allocate(arena, byteSize));
    }

    // ---- operations

    @Override
    public void embed(Tensor table, Batch batch, Tensor out) {
        Shapes.embed(table, batch, out);
        AsmMatrix asmMatrix = asmPacked.get(table.storage());
        PackedMatrix matrix = asmMatrix == null ? packed(table) : null;
        if (embedding.length < out.columns()) {
            embedding = new float[out.columns()];
        }
        for (int row = 0; row < batch.rows(); row++) {
            if (asmMatrix != null) {
                asmMatrix.unpackRow(batch.token(row), embedding);
            } else if (matrix != null) {
                matrix.unpackRow(batch.token(row), embedding);
            }
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
        begin(x, weight);
        add(weight, bias, out);
        multiply(x, weight);
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
        boolean alike = areAlike(queryWeight, keyWeight) && areAlike(keyWeight, valueWeight);
        if (!alike) {
            HostBackend.super.qkv(x, queryWeight, queryBias, keyWeight, keyBias, valueWeight, valueBias, q, k, v);
            return;
        }
        Shapes.matmul(x, queryWeight, queryBias, q);
        Shapes.matmul(x, keyWeight, keyBias, k);
        Shapes.matmul(x, valueWeight, valueBias, v);
        begin(x, queryWeight);
        add(queryWeight, queryBias, q);
        add(keyWeight, keyBias, k);
        add(valueWeight, valueBias, v);
        multiply(x, queryWeight);
    }

    @Override
    public void feedForward(
            Tensor x, Tensor gateWeight, Tensor upWeight, Tensor downWeight, Tensor gateOut, Tensor upOut, Tensor out) {
        if (!areAlike(gateWeight, upWeight)) {
            HostBackend.super.feedForward(x, gateWeight, upWeight, downWeight, gateOut, upOut, out);
            return;
        }
        Shapes.matmul(x, gateWeight, null, gateOut);
        Shapes.matmul(x, upWeight, null, upOut);
        begin(x, gateWeight);
        add(gateWeight, null, gateOut);
        add(upWeight, null, upOut);
        multiply(x, gateWeight);
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
        attention.attend(q, batch, layer, scale, out);
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
        rows.close();
        attention.close();
        if (products != null) {
            products.close();
        }
    }

    private boolean takesInt8(Tensor weight) {
        return int8 && weight.type().isQuantised();
    }

    /** Whether the same code multiplies both, and so takes their input in the same way. */
    private static boolean areAlike(Tensor weight, Tensor other) {
        return weight.type().isQuantised() == other.type().isQuantised();
    }

    private boolean isInMachineCode(Tensor weight) {
        return products != null && (int8 || !weight.type().isQuantised());
    }

    private void begin(Tensor x, Tensor weight) {
        if (products != null && isInMachineCode(weight)) {
            products.clear();
        } else {
            input.load(x, takesInt8(weight));
            matmul.clear();
        }
    }

    private void add(Tensor weight, @Nullable Tensor bias, Tensor out) {
        if (products != null && isInMachineCode(weight)) {
            AsmMatrix matrix = asmPacked.get(weight.storage());
            if (matrix == null) {
                throw notOurs(weight);
            }
            products.add(matrix, bias, out);
        } else {
            matmul.add(packed(weight), bias, out);
        }
    }

    private void multiply(Tensor x, Tensor weight) {
        if (products != null && isInMachineCode(weight)) {
            products.run(x);
        } else {
            team.run(matmul, matmul.parts());
        }
    }

    private PackedMatrix packed(Tensor weight) {
        PackedMatrix matrix = packed.get(weight.storage());
        if (matrix == null) {
            throw notOurs(weight);
        }
        return matrix;
    }

    private static IllegalArgumentException notOurs(Tensor weight) {
        return new IllegalArgumentException("not a weight matrix of this backend: " + weight.type() + " ["
                + weight.rows() + "][" + weight.columns() + "]");
    }

    /** Packs the rows of one panel. */
    private record PackTask(PackedMatrix matrix, DType type, MemorySegment source) implements Team.Task {
        @Override
        public void run(int panel, int worker) {
            matrix.pack(type, source, panel);
        }
    }
}
