package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.Half;

/**
 * {@code wgmma.mma_async}: D = A B or D = A B + D over four warps, of which each computes 16 rows.
 *
 * <p>Fragments, with g = lane / 4, t = lane % 4 and w = warp % 4: register r of D (two halves a register, or one word) holds
 * row 16 w + g + 8 (r % 2 or r / 2 % 2) and columns from 8 (r / 2 or r / 4) + 2 t on; A in registers is that of {@code mma},
 * 16 rows a warp. Integer sums are exact and wrap or saturate at the end. Floating sums are fused multiply-adds in f32 in the
 * order of k, rounded to f16 once per instruction where D is f16; hardware aligns and truncates instead, and keeps fewer bits
 * of products of 8-bit floats.
 *
 * <p>The product takes effect when it is waited for, or at once if copies are early; either way shared memory is in use from
 * the issue to the wait.
 */
final class Wgmma extends Step {
    private static final int ROWS = 16; // of a warp

    /** What the text says of the product. */
    record Form(
            int columns,
            PtxType sumType,
            boolean saturates,
            float signA,
            float signB,
            WarpgroupOperand left,
            WarpgroupOperand right) {}

    private final Form form;
    private final int[] sums; // registers as Bank.slot
    private final int[] a; // registers as Bank.slot; empty where A has a descriptor
    private final int descriptorA; // long slot, -1 where A is in registers
    private final int descriptorB;
    private final int accumulates; // predicate slot
    private int[] allSources = {};

    Wgmma(Form form, int[] sums, int[] a, int descriptorA, int descriptorB, int accumulates) {
        this.form = form;
        this.sums = sums;
        this.a = a;
        this.descriptorA = descriptorA;
        this.descriptorB = descriptorB;
        this.accumulates = accumulates;
    }

    /** The old sums are read only where scale-d is true. */
    @Override
    public int[] sources(Warp warp) {
        if (warp.p[accumulates] == 0) {
            return sources();
        }
        if (allSources.length == 0) {
            int[] joined = java.util.Arrays.copyOf(sources(), sources().length + sums.length);
            System.arraycopy(sums, 0, joined, sources().length, sums.length);
            allSources = joined;
        }
        return allSources;
    }

    @Override
    void run(Warp warp, int mask) {
        int scale = warp.p[accumulates];
        long left = descriptorA < 0 ? 0 : uniform(warp, descriptorA, "A");
        long right = uniform(warp, descriptorB, "B");
        if (mask == -1 && scale != 0 && scale != -1) {
            throw warp.fault(PtxFault.Kind.UNDEFINED, this, ~scale, "gives scale-d other than that of other lanes");
        }
        Warpgroup.enter(warp, this, mask, left, right, scale != 0);
        touch(warp, left, right, Watcher.Access.MATRIX_READ);
        warp.products.add(warp, this, left, right, scale != 0);
    }

    private long uniform(Warp warp, int slot, String matrix) {
        long[] lanes = warp.l[slot];
        for (int n = 1; n < Warp.LANES; n++) {
            if (lanes[n] != lanes[0]) {
                throw warp.fault(
                        PtxFault.Kind.UNDEFINED, this, 1 << n, "gives a descriptor of " + matrix + " of its own");
            }
        }
        String flaw = MatrixDescriptor.flaw(lanes[0]);
        if (flaw != null) {
            throw warp.fault(PtxFault.Kind.UNDEFINED, this, 1, "gives a descriptor of " + matrix + " " + flaw);
        }
        return lanes[0];
    }

    private static int firstRow(Warp warp) {
        return ROWS * (warp.index & (Warpgroup.WARPS - 1));
    }

    /** B is fetched once for the four warps, so that only the first one's reads are traffic. */
    private void touch(Warp warp, long left, long right, Watcher.Access access) {
        if (descriptorA >= 0) {
            form.left.touch(warp, this, MatrixDescriptor.of(left), firstRow(warp), access);
        }
        boolean shares = access == Watcher.Access.MATRIX_READ && firstRow(warp) != 0;
        form.right.touch(warp, this, MatrixDescriptor.of(right), 0, shares ? Watcher.Access.MATRIX_SHARE : access);
    }

    /** The matrices are free again. */
    void complete(Warp warp, WarpgroupProducts.Issued product) {
        if (warp.block.watcher != null) {
            touch(warp, product.a(), product.b(), Watcher.Access.MATRIX_DONE);
        }
    }

    void multiply(Warp warp, WarpgroupProducts.Issued product) {
        WarpgroupScratch scratch = warp.block.warpgroupScratch();
        int k = form.left.depth();
        int n = form.columns;
        float[] left = scratch.left; // [row][k]
        float[] right = scratch.right; // [k][column]
        byte[] shared = warp.block.shared;
        if (descriptorA < 0) {
            fragments(warp, left, k);
        } else {
            form.left.read(shared, MatrixDescriptor.of(product.a()), firstRow(warp), left, k, 1, form.signA);
        }
        form.right.read(shared, MatrixDescriptor.of(product.b()), 0, right, 1, n, form.signB);
        if (form.sumType == PtxType.S32) {
            integers(warp, scratch, k, product.accumulates());
        } else {
            floats(warp, scratch, k, product.accumulates());
        }
    }

    /** A in registers: register r holds rows g + 8 (r % 2), from column e t + 4 e (r / 2) on. */
    private void fragments(Warp warp, float[] left, int k) {
        PtxType type = form.left.type();
        int elements = 4 / type.byteSize();
        for (int r = 0; r < a.length; r++) {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                int bits = bits(warp, a[r], lane);
                int at = ((lane >> 2) + 8 * (r & 1)) * k + elements * (lane & 3) + 4 * elements * (r >> 1);
                for (int e = 0; e < elements; e++) {
                    left[at + e] = form.signA
                            * switch (type) {
                                case F16 -> Float.float16ToFloat((short) (bits >>> (16 * e)));
                                case BF16 -> Float.intBitsToFloat(bits >>> (16 * e) << 16);
                                case TF32 -> Float.intBitsToFloat(bits & 0xFFFF_E000);
                                default -> WarpgroupOperand.ofByte(type, bits >>> (8 * e));
                            };
                }
            }
        }
    }

    private void floats(Warp warp, WarpgroupScratch scratch, int k, boolean adds) {
        int n = form.columns;
        boolean halves = form.sumType == PtxType.F16;
        float[] row = scratch.row;
        for (int r = 0; r < ROWS; r++) {
            int lane = 4 * (r & 7);
            int second = r >> 3;
            for (int column = 0; column < n; column += 2) {
                int from = lane + (column >> 1 & 3);
                int pair = 2 * (column >> 3) + second;
                if (!adds) {
                    row[column] = 0;
                    row[column + 1] = 0;
                } else if (halves) {
                    int bits = bits(warp, sums[pair], from);
                    row[column] = Float.float16ToFloat((short) bits);
                    row[column + 1] = Float.float16ToFloat((short) (bits >>> 16));
                } else {
                    row[column] = Float.intBitsToFloat(bits(warp, sums[2 * pair], from));
                    row[column + 1] = Float.intBitsToFloat(bits(warp, sums[2 * pair + 1], from));
                }
            }
            for (int x = 0; x < k; x++) {
                addProducts(row, scratch.left[r * k + x], scratch.right, x * n, n);
            }
            for (int column = 0; column < n; column += 2) {
                int to = lane + (column >> 1 & 3);
                int pair = 2 * (column >> 3) + second;
                if (halves) {
                    int low = Half.fromFloat(row[column], false);
                    put(warp, sums[pair], to, low | Half.fromFloat(row[column + 1], false) << 16);
                } else {
                    put(warp, sums[2 * pair], to, Float.floatToRawIntBits(row[column]));
                    put(warp, sums[2 * pair + 1], to, Float.floatToRawIntBits(row[column + 1]));
                }
            }
        }
    }

    private static void addProducts(float[] row, float factor, float[] right, int from, int n) {
        for (int column = 0; column < n; column++) {
            row[column] = Math.fma(factor, right[from + column], row[column]);
        }
    }

    /** Sums of 32 products of bytes are below 2^24, so floats are exact. */
    private void integers(Warp warp, WarpgroupScratch scratch, int k, boolean adds) {
        int n = form.columns;
        float[] row = scratch.row;
        for (int r = 0; r < ROWS; r++) {
            java.util.Arrays.fill(row, 0, n, 0);
            for (int x = 0; x < k; x++) {
                addProducts(row, scratch.left[r * k + x], scratch.right, x * n, n);
            }
            int lane = 4 * (r & 7);
            for (int column = 0; column < n; column++) {
                int slot = sums[4 * (column >> 3) + 2 * (r >> 3) + (column & 1)];
                int at = lane + (column >> 1 & 3);
                long sum = (adds ? bits(warp, slot, at) : 0L) + (long) row[column];
                put(warp, slot, at, form.saturates ? IntMath.saturate(sum) : (int) sum);
            }
        }
    }

    private static int bits(Warp warp, int slot, int lane) {
        int index = Bank.indexOf(slot);
        return slot == Bank.INT.slot(index) ? warp.i[index][lane] : Float.floatToRawIntBits(warp.f[index][lane]);
    }

    private static void put(Warp warp, int slot, int lane, int bits) {
        int index = Bank.indexOf(slot);
        if (slot == Bank.INT.slot(index)) {
            warp.i[index][lane] = bits;
        } else {
            warp.f[index][lane] = Float.intBitsToFloat(bits);
        }
    }
}
