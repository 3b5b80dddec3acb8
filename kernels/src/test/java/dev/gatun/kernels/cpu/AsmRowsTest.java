package dev.gatun.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.CpuTier;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Row operations and attention in machine code on random shapes, in memory that ends at forbidden pages. */
@Tag("slow")
class AsmRowsTest {
    private static final int SHAPES = 1000;
    private static final DType[] CACHES = {DType.F16, DType.F32, DType.Q8_0};

    private static Tensor guarded(Arena arena, int rows, int columns, Random random) {
        Tensor tensor = new Tensor(DType.F32, rows, columns, GuardedMemory.allocate(arena, 4L * rows * columns), 0);
        for (long i = 0; i < (long) rows * columns; i++) {
            tensor.storage().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) random.nextGaussian());
        }
        return tensor;
    }

    private static Tensor copy(Arena arena, Tensor source) {
        MemorySegment storage = arena.allocate(source.byteSize(), 64);
        MemorySegment.copy(source.storage(), 0, storage, 0, source.byteSize());
        return new Tensor(DType.F32, source.rows(), source.columns(), storage, 0);
    }

    private static void assertNear(Tensor expected, Tensor actual, String what) {
        for (long i = 0; i < expected.byteSize() / 4; i++) {
            float e = expected.storage().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            float a = actual.storage().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            assertTrue(Math.abs(e - a) <= 2e-5f * (1 + Math.abs(e)), what + ": " + i + " is " + a + ", expected " + e);
        }
    }

    @Test
    void randomShapesStayInsideTheirMemoryAndNearTheScalarTier() {
        assumeTrue(AsmKernels.get() != null, AsmKernels::refusal);
        Random random = new Random(3);
        try (CpuBackend asm = new CpuBackend(2, Activations.INT8, CpuTier.ASM);
                CpuBackend scalar = new CpuBackend(1, Activations.INT8, CpuTier.SCALAR)) {
            for (int i = 0; i < SHAPES; i++) {
                try (Arena arena = Arena.ofShared()) {
                    elementwise(arena, asm, scalar, random);
                    rotated(arena, asm, scalar, random);
                    attended(arena, asm, scalar, random);
                }
            }
        }
    }

    private static void elementwise(Arena arena, CpuBackend asm, CpuBackend scalar, Random random) {
        int rows = 1 + random.nextInt(20);
        int columns = 1 + random.nextInt(random.nextInt(10) == 0 ? 2000 : 70);
        String shape = " [" + rows + "][" + columns + "]";
        Tensor x = guarded(arena, rows, columns, random);
        Tensor y = guarded(arena, rows, columns, random);
        Tensor weight = guarded(arena, 1, columns, random);
        Tensor expected = copy(arena, x);
        scalar.rmsNorm(expected, copy(arena, weight), 1e-5f, expected);
        Tensor out = guarded(arena, rows, columns, random);
        asm.rmsNorm(x, weight, 1e-5f, out);
        assertNear(expected, out, "rmsNorm" + shape);
        scalar.swiGlu(copy(arena, x), copy(arena, y), expected);
        asm.swiGlu(x, y, out);
        assertNear(expected, out, "swiGlu" + shape);
        Tensor sum = copy(arena, x);
        scalar.add(sum, copy(arena, y));
        asm.add(x, y);
        assertNear(sum, x, "add" + shape);
    }

    private static void rotated(Arena arena, CpuBackend asm, CpuBackend scalar, Random random) {
        int rows = 1 + random.nextInt(20);
        int headDim = 2 + random.nextInt(140);
        int heads = 1 + random.nextInt(5);
        double[] frequencies = new double[1 + random.nextInt(headDim / 2)];
        Rotation.Pairs pairs = random.nextBoolean() ? Rotation.Pairs.ADJACENT : Rotation.Pairs.HALVES;
        Rotation rotation = new Rotation(pairs, frequencies, 1f);
        Tensor x = guarded(arena, rows, heads * headDim, random);
        Tensor angles = guarded(arena, rows, rotation.dimensions(), random);
        Tensor expected = copy(arena, x);
        scalar.rope(expected, headDim, rotation, copy(arena, angles));
        asm.rope(x, headDim, rotation, angles);
        assertNear(expected, x, pairs + " " + heads + " heads of " + headDim + ", " + frequencies.length + " pairs");
    }

    private static void attended(Arena arena, CpuBackend asm, CpuBackend scalar, Random random) {
        int kvHeads = 1 + random.nextInt(3);
        int headDim = 16 * (1 + random.nextInt(random.nextInt(10) == 0 ? 16 : 6));
        int heads = kvHeads * (1 + random.nextInt(9));
        int rows = 1 + random.nextInt(random.nextInt(5) == 0 ? 40 : 3);
        int before = random.nextInt(random.nextInt(5) == 0 ? 400 : 70);
        int pages = (before + rows - 1) / KvLayer.PAGE_TOKENS + 1;
        DType type = CACHES[random.nextInt(CACHES.length)];
        String shape = heads + " on " + kvHeads + " of " + headDim + " " + type + ", " + before + " + " + rows;
        long byteSize = KvLayer.byteSize(type, pages, kvHeads, headDim);
        KvLayer cache = new KvLayer(
                type,
                pages,
                kvHeads,
                headDim,
                GuardedMemory.allocate(arena, byteSize),
                GuardedMemory.allocate(arena, byteSize));
        KvLayer other = scalar.kvLayer(arena, type, pages, kvHeads, headDim);
        int[] table = new int[pages];
        for (int i = 0; i < pages; i++) {
            table[i] = pages - 1 - i;
        }
        int width = kvHeads * headDim;
        Batch all = batch(arena, table, 0, before + rows);
        Tensor k = guarded(arena, before + rows, width, random);
        Tensor v = guarded(arena, before + rows, width, random);
        asm.append(k, v, all, cache);
        scalar.append(copy(arena, k), copy(arena, v), all, other);
        assertEquals(-1, cache.keys().mismatch(other.keys()), shape);
        assertEquals(-1, cache.values().mismatch(other.values()), shape);
        Batch batch = batch(arena, table, before, rows);
        Tensor q = guarded(arena, rows, heads * headDim, random);
        Tensor out = guarded(arena, rows, heads * headDim, random);
        Tensor expected = copy(arena, out);
        float scale = (float) (1 / Math.sqrt(headDim));
        asm.attend(q, batch, cache, scale, out);
        scalar.attend(copy(arena, q), batch, other, scale, expected);
        assertNear(expected, out, shape);
    }

    private static Batch batch(Arena arena, int[] table, int from, int rows) {
        Batch batch = new Batch(arena, rows, 1, table.length);
        batch.addSequence(table, table.length);
        for (int row = 0; row < rows; row++) {
            batch.add(0, from + row, 0, false);
        }
        return batch;
    }
}
