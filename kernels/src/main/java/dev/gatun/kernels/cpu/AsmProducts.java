package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * One or more products of the machine-code tier with the same input, in parts of neighbouring panels: one call of a kernel
 * a part.
 */
final class AsmProducts implements Team.Task, AutoCloseable {
    private static final int MOST_MATRICES = 3;
    /** Parts a thread, so that one that is held up leaves work to others. */
    private static final int PARTS_PER_THREAD = 4;

    private static final int FIELDS = 16;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final AsmKernels kernels;
    private final Team team;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment fields; // [workers][FIELDS]
    private final AsmInput input;
    private final @Nullable AsmMatrix[] matrices = new AsmMatrix[MOST_MATRICES];
    private final @Nullable Tensor[] biases = new Tensor[MOST_MATRICES];
    private final @Nullable Tensor[] outs = new Tensor[MOST_MATRICES];
    private final int[] partsUpTo = new int[MOST_MATRICES];
    private int count;
    private int panelsPerPart;
    private int totalPanels;
    private @Nullable Tensor x;

    AsmProducts(AsmKernels kernels, Team team) {
        this.kernels = kernels;
        this.team = team;
        this.fields = arena.allocate(8L * FIELDS * team.size(), 64);
        this.input = new AsmInput(kernels, team, arena);
    }

    /** Fills {@code matrix} from a matrix in {@link dev.gatun.kernels.DType}'s layout. */
    void pack(AsmMatrix matrix, MemorySegment source) {
        try (Arena scratch = Arena.ofShared()) {
            team.run(new AsmPacking(kernels, matrix, source, scratch, team.size()), matrix.panels());
        }
    }

    void clear() {
        count = 0;
        totalPanels = 0;
    }

    void add(AsmMatrix matrix, @Nullable Tensor bias, Tensor out) {
        matrices[count] = matrix;
        biases[count] = bias;
        outs[count] = out;
        totalPanels += matrix.panels();
        count++;
    }

    /**
     * Where a tensor's rows begin, for code that checks nothing itself.
     *
     * @throws IllegalArgumentException if they are not all in live native memory
     */
    static long address(Tensor tensor) {
        MemorySegment storage = tensor.storage();
        boolean inside = tensor.offset() >= 0 && tensor.offset() + tensor.byteSize() <= storage.byteSize();
        if (!storage.isNative() || !storage.scope().isAlive() || !inside) {
            throw new IllegalArgumentException("not in live native memory: " + tensor);
        }
        return storage.address() + tensor.offset();
    }

    /** Multiplies {@code x} with all matrices that were added: of quantised types, or of float types. */
    void run(Tensor x) {
        this.x = x;
        if (matrix(0).type().isQuantised()) {
            input.load(x);
        }
        int parts = team.size() == 1 ? 1 : team.size() * PARTS_PER_THREAD;
        panelsPerPart = Math.ceilDiv(totalPanels, parts);
        int sum = 0;
        for (int m = 0; m < count; m++) {
            sum += Math.ceilDiv(matrix(m).panels(), panelsPerPart);
            partsUpTo[m] = sum;
        }
        team.run(this, sum);
    }

    @Override
    public void run(int part, int worker) {
        int m = 0;
        while (part >= partsUpTo[m]) {
            m++;
        }
        AsmMatrix matrix = matrix(m);
        Tensor bias = biases[m];
        Tensor out = outs[m];
        Tensor x = this.x;
        if (out == null || x == null) {
            throw new IllegalStateException("no output in slot " + m);
        }
        int panel = (part - (m == 0 ? 0 : partsUpTo[m - 1])) * panelsPerPart;
        int column = panel * AsmMatrix.PANEL_ROWS;
        long at = 8L * FIELDS * worker;
        if (!matrix.storage().scope().isAlive()) {
            throw new IllegalStateException("the arena of these weights is closed");
        }
        fields.set(LONG, at, matrix.storage().address() + panel * matrix.panelByteSize());
        fields.set(LONG, at + 8, matrix.type().isQuantised() ? input.address() : address(x));
        fields.set(LONG, at + 16, address(out) + 4L * column);
        fields.set(LONG, at + 24, bias == null ? 0 : address(bias) + 4L * column);
        fields.set(LONG, at + 32, matrix.groups());
        fields.set(LONG, at + 40, Math.min(panelsPerPart, matrix.panels() - panel));
        fields.set(LONG, at + 48, x.rows());
        fields.set(LONG, at + 56, out.rowByteSize());
        fields.set(LONG, at + 64, matrix.rows() - column);
        fields.set(LONG, at + 72, matrix.panelByteSize());
        fields.set(LONG, at + 80, x.rowByteSize());
        fields.set(LONG, at + 88, matrix.columns() % WeightGroup.SIZE);
        KernelCode.call(kernels.product(matrix), fields.address() + at);
    }

    private AsmMatrix matrix(int m) {
        AsmMatrix matrix = matrices[m];
        if (matrix == null) {
            throw new IllegalStateException("no matrix in slot " + m);
        }
        return matrix;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            input.close();
            arena.close();
        }
    }
}
