package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The int8 input of the machine-code products, made once for all the matrices it meets:
 *
 * <pre>[tile of 8 rows][group]: codes [8][32] s8, scales [8] f32, sums [8] f32, negated sums of codes [8] s32, padding</pre>
 *
 * <p>One part of the task is a tile.
 */
final class AsmInput implements Team.Task {
    static final int TILE_ROWS = 8;
    private static final int TILE_GROUP_BYTES = 384;
    private static final int FIELDS = 8;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final AsmKernels kernels;
    private final Team team;
    private final MemorySegment fields; // [workers][FIELDS]
    private Arena arena = Arena.ofShared();
    private MemorySegment tiles = MemorySegment.NULL;
    private @Nullable Tensor source;
    private int groups;

    AsmInput(AsmKernels kernels, Team team, Arena arena) {
        this.kernels = kernels;
        this.team = team;
        this.fields = arena.allocate(8L * FIELDS * team.size(), 64);
    }

    /** Takes {@code x} over. Allocates only when it is larger than any before. */
    void load(Tensor x) {
        groups = x.columns() / WeightGroup.SIZE;
        source = x;
        int tileCount = Math.ceilDiv(x.rows(), TILE_ROWS);
        long byteSize = tileCount * tileByteSize();
        if (tiles.byteSize() < byteSize) {
            arena.close();
            arena = Arena.ofShared();
            tiles = arena.allocate(byteSize, 64);
        }
        team.run(this, tileCount);
    }

    @Override
    public void run(int part, int worker) {
        Tensor x = source;
        if (x == null) {
            throw new IllegalStateException("no input");
        }
        int row = part * TILE_ROWS;
        long at = 8L * FIELDS * worker;
        fields.set(LONG, at, AsmProducts.address(x) + row * x.rowByteSize());
        fields.set(LONG, at + 8, address() + part * tileByteSize());
        fields.set(LONG, at + 16, groups);
        fields.set(LONG, at + 24, Math.min(TILE_ROWS, x.rows() - row));
        fields.set(LONG, at + 32, x.rowByteSize());
        KernelCode.call(kernels.quantise(), fields.address() + at);
    }

    private long tileByteSize() {
        return (long) groups * TILE_GROUP_BYTES;
    }

    long address() {
        return tiles.address();
    }

    int rows() {
        return source == null ? 0 : source.rows();
    }

    int groups() {
        return groups;
    }

    void close() {
        arena.close();
    }
}
