package dev.gatun.kernels.cpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Packs an {@link AsmMatrix} panel by panel: in machine code where codes only move, in Java for the 5-bit types. */
final class AsmPacking implements Team.Task {
    private static final int FIELDS = 16;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final AsmKernels kernels;
    private final AsmMatrix matrix;
    private final MemorySegment source;
    private final MemorySegment fields; // [workers][FIELDS]

    AsmPacking(AsmKernels kernels, AsmMatrix matrix, MemorySegment source, Arena arena, int workers) {
        this.kernels = kernels;
        this.matrix = matrix;
        this.source = source;
        this.fields = arena.allocate(8L * FIELDS * workers, 64);
    }

    @Override
    public void run(int panel, int worker) {
        DType type = matrix.type();
        boolean moves = type == DType.Q4_0 || type == DType.Q4_1 || type == DType.Q8_0;
        if (!moves || !source.isNative()) {
            matrix.pack(source, panel);
            return;
        }
        if (!source.scope().isAlive()) {
            throw new IllegalStateException("the arena of the source is closed");
        }
        int row = panel * AsmMatrix.PANEL_ROWS;
        long rowByteSize = type.byteSize(matrix.columns());
        long at = 8L * FIELDS * worker;
        long codes = matrix.storage().address() + panel * matrix.panelByteSize();
        fields.set(LONG, at, source.address() + row * rowByteSize);
        fields.set(LONG, at + 8, codes);
        fields.set(LONG, at + 16, codes + AsmMatrix.codeByteSize(type));
        fields.set(LONG, at + 24, matrix.groups());
        fields.set(LONG, at + 32, Math.min(AsmMatrix.PANEL_ROWS, matrix.rows() - row));
        fields.set(LONG, at + 40, rowByteSize);
        fields.set(LONG, at + 48, type.groupByteSize());
        fields.set(LONG, at + 56, AsmMatrix.groupByteSize(type));
        fields.set(LONG, at + 64, matrix.hasNibbles() ? 4 : 8);
        fields.set(LONG, at + 72, matrix.hasNibbles() ? 0 : AsmMatrix.ALL_TOP_BITS);
        fields.set(LONG, at + 80, matrix.hasMinimum() ? 1 : 0);
        fields.set(LONG, at + 88, matrix.hasMinimum() ? 4 : 2);
        KernelCode.call(kernels.pack(), fields.address() + at);
    }
}
