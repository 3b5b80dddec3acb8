package dev.gatun.kernels.cpu;

import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops in vector registers. One vector of shorts holds as many lanes as two vectors of floats: that is a
 * panel's height. The width is the machine's, or what the system property {@value LaneTiers#BITS_PROPERTY} says.
 *
 * <p>No sum runs across lanes, so no result depends on how a compiler orders such a sum.
 */
final class VectorLanes implements Lanes {
    private static final VectorShape SHAPE = shape();
    private static final VectorSpecies<Float> FLOATS = SHAPE.withLanes(float.class);
    private static final VectorSpecies<Integer> INTS = SHAPE.withLanes(int.class);
    private static final VectorSpecies<Short> SHORTS = SHAPE.withLanes(short.class);
    private static final int WIDTH = FLOATS.length();
    private static final int LANES = 2 * WIDTH;
    private static final int GROUP = WeightGroup.SIZE;
    private static final int PAGE = KvLayer.PAGE_TOKENS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int SHORT_VECTOR_BYTES = 2 * LANES;
    private static final int FLOAT_VECTOR_BYTES = 4 * WIDTH;

    private static VectorShape shape() {
        String bits = System.getProperty(LaneTiers.BITS_PROPERTY);
        return bits == null ? VectorShape.preferredShape() : VectorShape.forBitSize(Integer.parseInt(bits));
    }

    @Override
    public String description() {
        return "Vector API, " + SHAPE.vectorBitSize() + " bits";
    }

    @Override
    public int rows() {
        return LANES;
    }

    // ---- matrix times one row

    @Override
    public void multiplyRow(PackedMatrix matrix, int panel, PreparedInput input, int row, float[] out, float[] sums) {
        MemorySegment storage = matrix.storage();
        long block = matrix.panelOffset(panel);
        int groups = matrix.groups();
        int c = row * groups * GROUP;
        switch (matrix.format()) {
            case NIBBLES -> {
                if (input.isInt8()) {
                    nibblesTimesCodes(storage, block, matrix, input.codes(), c, input.codeSums(), row * groups, sums);
                } else {
                    nibblesTimesFloats(storage, block, matrix, input.values(), c, sums);
                }
            }
            case BYTES -> {
                if (input.isInt8()) {
                    bytesTimesCodes(storage, block, matrix, input.codes(), c, sums);
                } else {
                    bytesTimesFloats(storage, block, matrix, input.values(), c, sums);
                }
            }
            case FLOATS -> {
                floatsTimesFloats(storage, block, matrix, input.values(), c, sums);
                addGroups(sums, groups, out);
                return;
            }
        }
        long scales = block + matrix.scaleOffset();
        if (matrix.hasMinimum()) {
            scaleWithMinimum(storage, scales, matrix, input.scales(), input.sums(), row * groups, sums, out);
        } else {
            scale(storage, scales, matrix, input.scales(), row * groups, sums, out);
        }
    }

    // The products below leave the sum of each group in sums [groups][lanes]. Vectors live within one short method: one
    // that crosses a call is boxed where the compiler has reached its limit of inlining.

    /** Products of a nibble and a code are below 15 * 127, so 16 of them fit a short. */
    private static void nibblesTimesCodes(
            MemorySegment storage,
            long block,
            PackedMatrix matrix,
            short[] x,
            int c,
            int[] codeSums,
            int firstGroup,
            float[] sums) {
        int groups = matrix.groups();
        int blockByteSize = matrix.blockByteSize();
        int bias = matrix.codeBias();
        for (int g = 0; g < groups; g++) {
            IntVector low = IntVector.broadcast(INTS, bias * codeSums[firstGroup + g]);
            IntVector high = low;
            for (int half = 0; half < 2; half++) {
                ShortVector sum = ShortVector.zero(SHORTS);
                for (int k = 4 * half; k < 4 * half + 4; k++) {
                    ShortVector word = ShortVector.fromMemorySegment(
                            SHORTS, storage, block + (long) k * SHORT_VECTOR_BYTES, ORDER);
                    int i = c + 4 * k;
                    sum = word.and((short) 15).mul(x[i]).add(sum);
                    sum = word.lanewise(VectorOperators.LSHR, 4)
                            .and((short) 15)
                            .mul(x[i + 1])
                            .add(sum);
                    sum = word.lanewise(VectorOperators.LSHR, 8)
                            .and((short) 15)
                            .mul(x[i + 2])
                            .add(sum);
                    sum = word.lanewise(VectorOperators.LSHR, 12).mul(x[i + 3]).add(sum);
                }
                low = low.add(sum.convertShape(VectorOperators.S2I, INTS, 0));
                high = high.add(sum.convertShape(VectorOperators.S2I, INTS, 1));
            }
            low.convertShape(VectorOperators.I2F, FLOATS, 0)
                    .reinterpretAsFloats()
                    .intoArray(sums, g * LANES);
            high.convertShape(VectorOperators.I2F, FLOATS, 0)
                    .reinterpretAsFloats()
                    .intoArray(sums, g * LANES + WIDTH);
            c += GROUP;
            block += blockByteSize;
        }
    }

    /** Products of two codes are at most 128 * 127, so two of them fit a short. */
    private static void bytesTimesCodes(
            MemorySegment storage, long block, PackedMatrix matrix, short[] x, int c, float[] sums) {
        int groups = matrix.groups();
        int blockByteSize = matrix.blockByteSize();
        for (int g = 0; g < groups; g++) {
            IntVector lowSum = IntVector.zero(INTS);
            IntVector highSum = IntVector.zero(INTS);
            for (int k = 0; k < 16; k++) {
                ShortVector word =
                        ShortVector.fromMemorySegment(SHORTS, storage, block + (long) k * SHORT_VECTOR_BYTES, ORDER);
                ShortVector both = word.lanewise(VectorOperators.LSHL, 8)
                        .lanewise(VectorOperators.ASHR, 8)
                        .mul(x[c + 2 * k])
                        .add(word.lanewise(VectorOperators.ASHR, 8).mul(x[c + 2 * k + 1]));
                lowSum = lowSum.add(both.convertShape(VectorOperators.S2I, INTS, 0));
                highSum = highSum.add(both.convertShape(VectorOperators.S2I, INTS, 1));
            }
            ((FloatVector) lowSum.convertShape(VectorOperators.I2F, FLOATS, 0)).intoArray(sums, g * LANES);
            ((FloatVector) highSum.convertShape(VectorOperators.I2F, FLOATS, 0)).intoArray(sums, g * LANES + WIDTH);
            c += GROUP;
            block += blockByteSize;
        }
    }

    private static void nibblesTimesFloats(
            MemorySegment storage, long block, PackedMatrix matrix, float[] x, int c, float[] sums) {
        int groups = matrix.groups();
        int blockByteSize = matrix.blockByteSize();
        short bias = (short) matrix.codeBias();
        for (int g = 0; g < groups; g++) {
            FloatVector lowSum = FloatVector.zero(FLOATS);
            FloatVector highSum = FloatVector.zero(FLOATS);
            for (int k = 0; k < 8; k++) {
                ShortVector word =
                        ShortVector.fromMemorySegment(SHORTS, storage, block + (long) k * SHORT_VECTOR_BYTES, ORDER);
                for (int j = 0; j < 4; j++) {
                    ShortVector code = word.lanewise(VectorOperators.LSHR, 4L * j)
                            .and((short) 15)
                            .add(bias);
                    FloatVector value = FloatVector.broadcast(FLOATS, x[c + 4 * k + j]);
                    lowSum = ((FloatVector) code.convertShape(VectorOperators.S2I, INTS, 0)
                                    .convertShape(VectorOperators.I2F, FLOATS, 0))
                            .fma(value, lowSum);
                    highSum = ((FloatVector) code.convertShape(VectorOperators.S2I, INTS, 1)
                                    .convertShape(VectorOperators.I2F, FLOATS, 0))
                            .fma(value, highSum);
                }
            }
            lowSum.intoArray(sums, g * LANES);
            highSum.intoArray(sums, g * LANES + WIDTH);
            c += GROUP;
            block += blockByteSize;
        }
    }

    private static void bytesTimesFloats(
            MemorySegment storage, long block, PackedMatrix matrix, float[] x, int c, float[] sums) {
        int groups = matrix.groups();
        int blockByteSize = matrix.blockByteSize();
        for (int g = 0; g < groups; g++) {
            FloatVector lowSum = FloatVector.zero(FLOATS);
            FloatVector highSum = FloatVector.zero(FLOATS);
            for (int k = 0; k < 16; k++) {
                ShortVector word =
                        ShortVector.fromMemorySegment(SHORTS, storage, block + (long) k * SHORT_VECTOR_BYTES, ORDER);
                ShortVector even = word.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
                ShortVector odd = word.lanewise(VectorOperators.ASHR, 8);
                FloatVector evenValue = FloatVector.broadcast(FLOATS, x[c + 2 * k]);
                FloatVector oddValue = FloatVector.broadcast(FLOATS, x[c + 2 * k + 1]);
                lowSum = ((FloatVector) even.convertShape(VectorOperators.S2I, INTS, 0)
                                .convertShape(VectorOperators.I2F, FLOATS, 0))
                        .fma(evenValue, lowSum);
                highSum = ((FloatVector) even.convertShape(VectorOperators.S2I, INTS, 1)
                                .convertShape(VectorOperators.I2F, FLOATS, 0))
                        .fma(evenValue, highSum);
                lowSum = ((FloatVector) odd.convertShape(VectorOperators.S2I, INTS, 0)
                                .convertShape(VectorOperators.I2F, FLOATS, 0))
                        .fma(oddValue, lowSum);
                highSum = ((FloatVector) odd.convertShape(VectorOperators.S2I, INTS, 1)
                                .convertShape(VectorOperators.I2F, FLOATS, 0))
                        .fma(oddValue, highSum);
            }
            lowSum.intoArray(sums, g * LANES);
            highSum.intoArray(sums, g * LANES + WIDTH);
            c += GROUP;
            block += blockByteSize;
        }
    }

    private static void floatsTimesFloats(
            MemorySegment storage, long block, PackedMatrix matrix, float[] x, int c, float[] sums) {
        int groups = matrix.groups();
        for (int g = 0; g < groups; g++) {
            FloatVector lowSum = FloatVector.zero(FLOATS);
            FloatVector highSum = FloatVector.zero(FLOATS);
            for (int i = 0; i < GROUP; i++) {
                FloatVector value = FloatVector.broadcast(FLOATS, x[c + i]);
                lowSum = FloatVector.fromMemorySegment(FLOATS, storage, block, ORDER)
                        .fma(value, lowSum);
                highSum = FloatVector.fromMemorySegment(FLOATS, storage, block + FLOAT_VECTOR_BYTES, ORDER)
                        .fma(value, highSum);
                block += 2L * FLOAT_VECTOR_BYTES;
            }
            lowSum.intoArray(sums, g * LANES);
            highSum.intoArray(sums, g * LANES + WIDTH);
            c += GROUP;
        }
    }

    /** {@code out = sum_g sums[g]}, in ascending order. */
    private static void addGroups(float[] sums, int groups, float[] out) {
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = FloatVector.zero(FLOATS);
        for (int g = 0; g < groups; g++) {
            low = low.add(FloatVector.fromArray(FLOATS, sums, g * LANES));
            high = high.add(FloatVector.fromArray(FLOATS, sums, g * LANES + WIDTH));
        }
        low.intoArray(out, 0);
        high.intoArray(out, WIDTH);
    }

    /** {@code out = sum_g weightScale[g] * xScale[g] * sums[g]}, in ascending order. */
    private static void scale(
            MemorySegment storage,
            long scales,
            PackedMatrix matrix,
            float[] xScales,
            int firstGroup,
            float[] sums,
            float[] out) {
        int groups = matrix.groups();
        int blockByteSize = matrix.blockByteSize();
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = FloatVector.zero(FLOATS);
        for (int g = 0; g < groups; g++) {
            float scale = xScales[firstGroup + g];
            low = FloatVector.fromMemorySegment(FLOATS, storage, scales, ORDER)
                    .mul(scale)
                    .fma(FloatVector.fromArray(FLOATS, sums, g * LANES), low);
            high = FloatVector.fromMemorySegment(FLOATS, storage, scales + FLOAT_VECTOR_BYTES, ORDER)
                    .mul(scale)
                    .fma(FloatVector.fromArray(FLOATS, sums, g * LANES + WIDTH), high);
            scales += blockByteSize;
        }
        low.intoArray(out, 0);
        high.intoArray(out, WIDTH);
    }

    /** As {@link #scale}, and {@code weightMinimum[g] * xSum[g]} after each group. */
    private static void scaleWithMinimum(
            MemorySegment storage,
            long scales,
            PackedMatrix matrix,
            float[] xScales,
            float[] xSums,
            int firstGroup,
            float[] sums,
            float[] out) {
        int groups = matrix.groups();
        int blockByteSize = matrix.blockByteSize();
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = FloatVector.zero(FLOATS);
        for (int g = 0; g < groups; g++) {
            float scale = xScales[firstGroup + g];
            FloatVector sum = FloatVector.broadcast(FLOATS, xSums[firstGroup + g]);
            low = FloatVector.fromMemorySegment(FLOATS, storage, scales, ORDER)
                    .mul(scale)
                    .fma(FloatVector.fromArray(FLOATS, sums, g * LANES), low);
            high = FloatVector.fromMemorySegment(FLOATS, storage, scales + FLOAT_VECTOR_BYTES, ORDER)
                    .mul(scale)
                    .fma(FloatVector.fromArray(FLOATS, sums, g * LANES + WIDTH), high);
            low = FloatVector.fromMemorySegment(FLOATS, storage, scales + 2L * FLOAT_VECTOR_BYTES, ORDER)
                    .fma(sum, low);
            high = FloatVector.fromMemorySegment(FLOATS, storage, scales + 3L * FLOAT_VECTOR_BYTES, ORDER)
                    .fma(sum, high);
            scales += blockByteSize;
        }
        low.intoArray(out, 0);
        high.intoArray(out, WIDTH);
    }

    // ---- matrix times a tile of rows

    @Override
    public void unpackPanel(PackedMatrix matrix, int panel, float[] codes, float[] scales, float[] minimums) {
        MemorySegment storage = matrix.storage();
        int blockByteSize = matrix.blockByteSize();
        short bias = (short) matrix.codeBias();
        long block = matrix.panelOffset(panel);
        for (int g = 0; g < matrix.groups(); g++) {
            int to = g * GROUP * LANES;
            switch (matrix.format()) {
                case NIBBLES -> unpackNibbles(storage, block, bias, codes, to);
                case BYTES -> unpackBytes(storage, block, codes, to);
                case FLOATS -> unpackFloats(storage, block, codes, to);
            }
            if (matrix.format() == PackedMatrix.Format.FLOATS) {
                Arrays.fill(scales, g * LANES, (g + 1) * LANES, 1f);
            } else {
                long at = block + matrix.scaleOffset();
                FloatVector.fromMemorySegment(FLOATS, storage, at, ORDER).intoArray(scales, g * LANES);
                FloatVector.fromMemorySegment(FLOATS, storage, at + FLOAT_VECTOR_BYTES, ORDER)
                        .intoArray(scales, g * LANES + WIDTH);
                if (matrix.hasMinimum()) {
                    FloatVector.fromMemorySegment(FLOATS, storage, at + 2L * FLOAT_VECTOR_BYTES, ORDER)
                            .intoArray(minimums, g * LANES);
                    FloatVector.fromMemorySegment(FLOATS, storage, at + 3L * FLOAT_VECTOR_BYTES, ORDER)
                            .intoArray(minimums, g * LANES + WIDTH);
                }
            }
            block += blockByteSize;
        }
    }

    private static void unpackNibbles(MemorySegment storage, long block, short bias, float[] codes, int to) {
        for (int k = 0; k < 8; k++) {
            ShortVector word =
                    ShortVector.fromMemorySegment(SHORTS, storage, block + (long) k * SHORT_VECTOR_BYTES, ORDER);
            for (int j = 0; j < 4; j++) {
                ShortVector code = word.lanewise(VectorOperators.LSHR, 4L * j)
                        .and((short) 15)
                        .add(bias);
                int at = to + (4 * k + j) * LANES;
                ((FloatVector) code.convertShape(VectorOperators.S2I, INTS, 0)
                                .convertShape(VectorOperators.I2F, FLOATS, 0))
                        .intoArray(codes, at);
                ((FloatVector) code.convertShape(VectorOperators.S2I, INTS, 1)
                                .convertShape(VectorOperators.I2F, FLOATS, 0))
                        .intoArray(codes, at + WIDTH);
            }
        }
    }

    private static void unpackBytes(MemorySegment storage, long block, float[] codes, int to) {
        for (int k = 0; k < 16; k++) {
            ShortVector word =
                    ShortVector.fromMemorySegment(SHORTS, storage, block + (long) k * SHORT_VECTOR_BYTES, ORDER);
            ShortVector even = word.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
            ShortVector odd = word.lanewise(VectorOperators.ASHR, 8);
            int at = to + 2 * k * LANES;
            ((FloatVector) even.convertShape(VectorOperators.S2I, INTS, 0).convertShape(VectorOperators.I2F, FLOATS, 0))
                    .intoArray(codes, at);
            ((FloatVector) even.convertShape(VectorOperators.S2I, INTS, 1).convertShape(VectorOperators.I2F, FLOATS, 0))
                    .intoArray(codes, at + WIDTH);
            ((FloatVector) odd.convertShape(VectorOperators.S2I, INTS, 0).convertShape(VectorOperators.I2F, FLOATS, 0))
                    .intoArray(codes, at + LANES);
            ((FloatVector) odd.convertShape(VectorOperators.S2I, INTS, 1).convertShape(VectorOperators.I2F, FLOATS, 0))
                    .intoArray(codes, at + LANES + WIDTH);
        }
    }

    private static void unpackFloats(MemorySegment storage, long block, float[] codes, int to) {
        for (int i = 0; i < 2 * GROUP; i++) {
            FloatVector.fromMemorySegment(FLOATS, storage, block + (long) i * FLOAT_VECTOR_BYTES, ORDER)
                    .intoArray(codes, to + i * WIDTH);
        }
    }

    @Override
    public void multiplyTile(
            PackedMatrix matrix,
            float[] codes,
            float[] scales,
            float[] minimums,
            PreparedInput input,
            int row,
            float[] out,
            float[] sums) {
        int groups = matrix.groups();
        int stride = groups * GROUP;
        Arrays.fill(out, 0, TILE_ROWS * LANES, 0f);
        for (int g = 0; g < groups; g++) {
            multiplyGroup(codes, g * GROUP * LANES, input.values(), row * stride + g * GROUP, stride, sums);
            addScaled(sums, scales, g * LANES, input.scales(), row * groups + g, groups, out);
            if (matrix.hasMinimum()) {
                addMinimums(minimums, g * LANES, input.sums(), row * groups + g, groups, out);
            }
        }
    }

    /**
     * {@code sums[t] = sum_i codes[from + i] * x[x0 + t * stride + i]} for the 32 columns of a group and six input rows. Takes
     * and gives arrays only: vectors that cross a call which is not inlined are boxed (Zen 4, one core, SmolLM2: 29 prompt tokens
     * a second instead of 235).
     */
    private static void multiplyGroup(float[] codes, int from, float[] x, int x0, int stride, float[] sums) {
        int x1 = x0 + stride;
        int x2 = x1 + stride;
        int x3 = x2 + stride;
        int x4 = x3 + stride;
        int x5 = x4 + stride;
        FloatVector low0 = FloatVector.zero(FLOATS);
        FloatVector low1 = low0;
        FloatVector low2 = low0;
        FloatVector low3 = low0;
        FloatVector low4 = low0;
        FloatVector low5 = low0;
        FloatVector high0 = low0;
        FloatVector high1 = low0;
        FloatVector high2 = low0;
        FloatVector high3 = low0;
        FloatVector high4 = low0;
        FloatVector high5 = low0;
        for (int i = 0; i < GROUP; i++) {
            FloatVector low = FloatVector.fromArray(FLOATS, codes, from + i * LANES);
            FloatVector high = FloatVector.fromArray(FLOATS, codes, from + i * LANES + WIDTH);
            FloatVector value = FloatVector.broadcast(FLOATS, x[x0 + i]);
            low0 = low.fma(value, low0);
            high0 = high.fma(value, high0);
            value = FloatVector.broadcast(FLOATS, x[x1 + i]);
            low1 = low.fma(value, low1);
            high1 = high.fma(value, high1);
            value = FloatVector.broadcast(FLOATS, x[x2 + i]);
            low2 = low.fma(value, low2);
            high2 = high.fma(value, high2);
            value = FloatVector.broadcast(FLOATS, x[x3 + i]);
            low3 = low.fma(value, low3);
            high3 = high.fma(value, high3);
            value = FloatVector.broadcast(FLOATS, x[x4 + i]);
            low4 = low.fma(value, low4);
            high4 = high.fma(value, high4);
            value = FloatVector.broadcast(FLOATS, x[x5 + i]);
            low5 = low.fma(value, low5);
            high5 = high.fma(value, high5);
        }
        low0.intoArray(sums, 0);
        high0.intoArray(sums, WIDTH);
        low1.intoArray(sums, LANES);
        high1.intoArray(sums, LANES + WIDTH);
        low2.intoArray(sums, 2 * LANES);
        high2.intoArray(sums, 2 * LANES + WIDTH);
        low3.intoArray(sums, 3 * LANES);
        high3.intoArray(sums, 3 * LANES + WIDTH);
        low4.intoArray(sums, 4 * LANES);
        high4.intoArray(sums, 4 * LANES + WIDTH);
        low5.intoArray(sums, 5 * LANES);
        high5.intoArray(sums, 5 * LANES + WIDTH);
    }

    /** {@code out[t] += scales * x[group + t * groups] * sums[t]}. */
    private static void addScaled(float[] sums, float[] scales, int s, float[] x, int group, int groups, float[] out) {
        FloatVector low = FloatVector.fromArray(FLOATS, scales, s);
        FloatVector high = FloatVector.fromArray(FLOATS, scales, s + WIDTH);
        for (int t = 0; t < TILE_ROWS; t++) {
            float scale = x[group + t * groups];
            int at = t * LANES;
            low.mul(scale)
                    .fma(FloatVector.fromArray(FLOATS, sums, at), FloatVector.fromArray(FLOATS, out, at))
                    .intoArray(out, at);
            high.mul(scale)
                    .fma(
                            FloatVector.fromArray(FLOATS, sums, at + WIDTH),
                            FloatVector.fromArray(FLOATS, out, at + WIDTH))
                    .intoArray(out, at + WIDTH);
        }
    }

    /** {@code out[t] += minimums * x[group + t * groups]}. */
    private static void addMinimums(float[] minimums, int s, float[] x, int group, int groups, float[] out) {
        FloatVector low = FloatVector.fromArray(FLOATS, minimums, s);
        FloatVector high = FloatVector.fromArray(FLOATS, minimums, s + WIDTH);
        for (int t = 0; t < TILE_ROWS; t++) {
            FloatVector sum = FloatVector.broadcast(FLOATS, x[group + t * groups]);
            int at = t * LANES;
            low.fma(sum, FloatVector.fromArray(FLOATS, out, at)).intoArray(out, at);
            high.fma(sum, FloatVector.fromArray(FLOATS, out, at + WIDTH)).intoArray(out, at + WIDTH);
        }
    }

    // ---- elementwise

    /** 1.5 * 2^23: adding and subtracting it rounds a float below 2^22 to an integer, ties to even. */
    private static final float ROUNDING = 12_582_912f;
    /** Below it a gate is shut: its product with the sigmoid is under the least positive float32. */
    private static final float LEAST_GATE = -110f;

    @Override
    public float quantise(float[] source, int from, float[] codes, int to) {
        FloatVector most = FloatVector.zero(FLOATS);
        for (int i = 0; i < GROUP; i += WIDTH) {
            most = FloatVector.fromArray(FLOATS, source, from + i).abs().max(most);
        }
        float max = most.reduceLanes(VectorOperators.MAX); // the same in any order; NaN if one is
        float inverse = 127f / max;
        if (Float.isInfinite(inverse)) {
            Arrays.fill(codes, to, to + GROUP, 0f);
            return 0f;
        }
        for (int i = 0; i < GROUP; i += WIDTH) {
            FloatVector.fromArray(FLOATS, source, from + i)
                    .mul(inverse)
                    .add(ROUNDING)
                    .sub(ROUNDING)
                    .intoArray(codes, to + i);
        }
        return Float.isFinite(max) ? max / 127f : Float.NaN;
    }

    @Override
    public void swiGlu(float[] gate, float[] up, float[] scratch, int length) {
        int whole = length / WIDTH * WIDTH;
        for (int i = 0; i < whole; i += WIDTH) {
            FloatVector.fromArray(FLOATS, gate, i).max(LEAST_GATE).neg().intoArray(scratch, i);
        }
        exp(scratch, 0, whole);
        for (int i = 0; i < whole; i += WIDTH) {
            FloatVector.fromArray(FLOATS, gate, i)
                    .max(LEAST_GATE)
                    .div(FloatVector.fromArray(FLOATS, scratch, i).add(1f))
                    .mul(FloatVector.fromArray(FLOATS, up, i))
                    .intoArray(gate, i);
        }
        for (int i = whole; i < length; i++) {
            gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i])) * up[i]);
        }
    }

    /**
     * Replaces whole vectors of x by e^x, with a relative error below 2^-21 for x in [-87, 88]; outside, what it is at the
     * nearer end. Splits x into n ln 2 + r and sums the Taylor series of e^r to the sixth power (|r| below 0.35: the seventh
     * term is below 2^-22).
     *
     * <p>Works in memory because a vector that is handed from one method to another is boxed for good once the compiler
     * has compiled the callee alone and then finds it too big to inline.
     */
    private static void exp(float[] values, int from, int to) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(FLOATS, values, i).max(-87f).min(88f);
            FloatVector shifted =
                    x.fma(FloatVector.broadcast(FLOATS, 0x1.715476p0f), FloatVector.broadcast(FLOATS, ROUNDING));
            FloatVector n = shifted.sub(ROUNDING);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -0x1.62e4p-1f), x);
            r = n.fma(FloatVector.broadcast(FLOATS, -0x1.7f7d1cp-20f), r);
            FloatVector p = FloatVector.broadcast(FLOATS, 1f / 720);
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 120));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 24));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 6));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
            // The low bits of the shifted number are n; 127 is the exponent's bias.
            IntVector power = shifted.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23);
            p.mul(power.reinterpretAsFloats()).intoArray(values, i);
        }
    }

    // ---- attention

    @Override
    public void scores(float[] q, int qFrom, float[] keys, int headDim, float scale, float[] scores, int s) {
        for (int t = 0; t < PAGE; t += 4 * WIDTH) {
            FloatVector sum0 = FloatVector.zero(FLOATS);
            FloatVector sum1 = sum0;
            FloatVector sum2 = sum0;
            FloatVector sum3 = sum0;
            for (int d = 0; d < headDim; d++) {
                FloatVector value = FloatVector.broadcast(FLOATS, q[qFrom + d]);
                int at = d * PAGE + t;
                sum0 = FloatVector.fromArray(FLOATS, keys, at).fma(value, sum0);
                sum1 = FloatVector.fromArray(FLOATS, keys, at + WIDTH).fma(value, sum1);
                sum2 = FloatVector.fromArray(FLOATS, keys, at + 2 * WIDTH).fma(value, sum2);
                sum3 = FloatVector.fromArray(FLOATS, keys, at + 3 * WIDTH).fma(value, sum3);
            }
            sum0.mul(scale).intoArray(scores, s + t);
            sum1.mul(scale).intoArray(scores, s + t + WIDTH);
            sum2.mul(scale).intoArray(scores, s + t + 2 * WIDTH);
            sum3.mul(scale).intoArray(scores, s + t + 3 * WIDTH);
        }
    }

    @Override
    public float softmax(float[] scores, int from, int length) {
        int whole = from + length / WIDTH * WIDTH;
        float most = Float.NEGATIVE_INFINITY;
        if (whole > from) {
            FloatVector all = FloatVector.broadcast(FLOATS, most);
            for (int i = from; i < whole; i += WIDTH) {
                // Called on the vector just loaded, whose class the compiler knows: on the loop's own it may have to
                // guess, and box.
                all = FloatVector.fromArray(FLOATS, scores, i).max(all);
            }
            most = all.reduceLanes(VectorOperators.MAX);
        }
        for (int i = whole; i < from + length; i++) {
            most = Math.max(most, scores[i]);
        }
        for (int i = from; i < whole; i += WIDTH) {
            FloatVector.fromArray(FLOATS, scores, i).sub(most).intoArray(scores, i);
        }
        exp(scores, from, whole);
        for (int i = whole; i < from + length; i++) {
            scores[i] = (float) Math.exp(scores[i] - most);
        }
        float sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += scores[i];
        }
        return sum;
    }

    @Override
    public void mix(float[] weights, int w, int tokens, float[] values, int headDim, float[] out, int to) {
        int d = 0;
        for (; d <= headDim - 4 * WIDTH; d += 4 * WIDTH) {
            FloatVector sum0 = FloatVector.fromArray(FLOATS, out, to + d);
            FloatVector sum1 = FloatVector.fromArray(FLOATS, out, to + d + WIDTH);
            FloatVector sum2 = FloatVector.fromArray(FLOATS, out, to + d + 2 * WIDTH);
            FloatVector sum3 = FloatVector.fromArray(FLOATS, out, to + d + 3 * WIDTH);
            for (int t = 0; t < tokens; t++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, weights[w + t]);
                int at = t * headDim + d;
                sum0 = FloatVector.fromArray(FLOATS, values, at).fma(weight, sum0);
                sum1 = FloatVector.fromArray(FLOATS, values, at + WIDTH).fma(weight, sum1);
                sum2 = FloatVector.fromArray(FLOATS, values, at + 2 * WIDTH).fma(weight, sum2);
                sum3 = FloatVector.fromArray(FLOATS, values, at + 3 * WIDTH).fma(weight, sum3);
            }
            sum0.intoArray(out, to + d);
            sum1.intoArray(out, to + d + WIDTH);
            sum2.intoArray(out, to + d + 2 * WIDTH);
            sum3.intoArray(out, to + d + 3 * WIDTH);
        }
        for (; d < headDim; d++) {
            float sum = out[to + d];
            for (int t = 0; t < tokens; t++) {
                sum = Math.fma(weights[w + t], values[t * headDim + d], sum);
            }
            out[to + d] = sum;
        }
    }
}
