package dev.gatun.kernels.cpu;

import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** One element at a time: for machines without the vector module. */
final class ScalarLanes implements Lanes {
    private static final int LANES = 16;
    private static final int GROUP = WeightGroup.SIZE;
    private static final int PAGE = KvLayer.PAGE_TOKENS;

    /** What one thread unpacks to while it multiplies. */
    private static final class Scratch {
        final float[] codes = new float[GROUP * LANES];
        final float[] scales = new float[LANES];
        final float[] minimums = new float[LANES];
    }

    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    @Override
    public String description() {
        return "one element at a time, slow";
    }

    @Override
    public int rows() {
        return LANES;
    }

    @Override
    public void multiplyRow(PackedMatrix matrix, int panel, PreparedInput input, int row, float[] out, float[] sums) {
        Scratch mine = scratch.get();
        Arrays.fill(out, 0, LANES, 0f);
        long block = matrix.panelOffset(panel);
        for (int g = 0; g < matrix.groups(); g++) {
            unpackBlock(matrix, block, mine.codes, 0, mine.scales, mine.minimums, 0);
            addGroup(mine.codes, 0, mine.scales, mine.minimums, 0, matrix.hasMinimum(), input, row, g, sums, out, 0);
            block += matrix.blockByteSize();
        }
    }

    @Override
    public void unpackPanel(PackedMatrix matrix, int panel, float[] codes, float[] scales, float[] minimums) {
        long block = matrix.panelOffset(panel);
        for (int g = 0; g < matrix.groups(); g++) {
            unpackBlock(matrix, block, codes, g * GROUP * LANES, scales, minimums, g * LANES);
            block += matrix.blockByteSize();
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
        Arrays.fill(out, 0, TILE_ROWS * LANES, 0f);
        for (int t = 0; t < TILE_ROWS; t++) {
            for (int g = 0; g < matrix.groups(); g++) {
                addGroup(
                        codes,
                        g * GROUP * LANES,
                        scales,
                        minimums,
                        g * LANES,
                        matrix.hasMinimum(),
                        input,
                        row + t,
                        g,
                        sums,
                        out,
                        t * LANES);
            }
        }
    }

    private static void addGroup(
            float[] codes,
            int codesFrom,
            float[] scales,
            float[] minimums,
            int scalesFrom,
            boolean hasMinimum,
            PreparedInput input,
            int row,
            int g,
            float[] group,
            float[] out,
            int outFrom) {
        Arrays.fill(group, 0f);
        int x = (row * input.groups() + g) * GROUP;
        for (int i = 0; i < GROUP; i++) {
            float value = input.values()[x + i];
            for (int lane = 0; lane < LANES; lane++) {
                group[lane] = Math.fma(codes[codesFrom + i * LANES + lane], value, group[lane]);
            }
        }
        float scale = input.scales()[row * input.groups() + g];
        float sum = input.sums()[row * input.groups() + g];
        for (int lane = 0; lane < LANES; lane++) {
            float total = Math.fma(scales[scalesFrom + lane] * scale, group[lane], out[outFrom + lane]);
            out[outFrom + lane] = hasMinimum ? Math.fma(minimums[scalesFrom + lane], sum, total) : total;
        }
    }

    private static void unpackBlock(
            PackedMatrix matrix, long block, float[] codes, int codesTo, float[] scales, float[] minimums, int to) {
        MemorySegment storage = matrix.storage();
        if (matrix.format() == PackedMatrix.Format.FLOATS) {
            MemorySegment.copy(storage, ValueLayout.JAVA_FLOAT, block, codes, codesTo, GROUP * LANES);
            Arrays.fill(scales, to, to + LANES, 1f);
            return;
        }
        boolean nibbles = matrix.format() == PackedMatrix.Format.NIBBLES;
        for (int i = 0; i < GROUP; i++) {
            for (int lane = 0; lane < LANES; lane++) {
                int k = nibbles ? i / 4 : i / 2;
                int word = storage.get(ValueLayout.JAVA_SHORT, block + 2L * (k * LANES + lane));
                int code = nibbles ? ((word >>> (i % 4 * 4)) & 15) + matrix.codeBias() : (byte) (word >>> (i % 2 * 8));
                codes[codesTo + i * LANES + lane] = code;
            }
        }
        long at = block + matrix.scaleOffset();
        MemorySegment.copy(storage, ValueLayout.JAVA_FLOAT, at, scales, to, LANES);
        if (matrix.hasMinimum()) {
            MemorySegment.copy(storage, ValueLayout.JAVA_FLOAT, at + 4L * LANES, minimums, to, LANES);
        }
    }

    @Override
    public float quantise(float[] source, int from, float[] codes, int to) {
        float most = 0;
        for (int i = 0; i < GROUP; i++) {
            most = Math.max(most, Math.abs(source[from + i]));
        }
        float inverse = 127f / most;
        if (Float.isInfinite(inverse)) {
            Arrays.fill(codes, to, to + GROUP, 0f);
            return 0f;
        }
        for (int i = 0; i < GROUP; i++) {
            codes[to + i] = (float) Math.rint(source[from + i] * inverse);
        }
        return Float.isFinite(most) ? most / 127f : Float.NaN;
    }

    @Override
    public void swiGlu(float[] gate, float[] up, float[] scratch, int length) {
        for (int i = 0; i < length; i++) {
            gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i])) * up[i]);
        }
    }

    @Override
    public void scores(float[] q, int qFrom, float[] keys, int headDim, float scale, float[] scores, int s) {
        Arrays.fill(scores, s, s + PAGE, 0f);
        for (int d = 0; d < headDim; d++) {
            for (int t = 0; t < PAGE; t++) {
                scores[s + t] = Math.fma(q[qFrom + d], keys[d * PAGE + t], scores[s + t]);
            }
        }
        for (int t = 0; t < PAGE; t++) {
            scores[s + t] *= scale;
        }
    }

    @Override
    public float softmax(float[] scores, int from, int length) {
        float most = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + length; i++) {
            most = Math.max(most, scores[i]);
        }
        float sum = 0;
        for (int i = from; i < from + length; i++) {
            scores[i] = (float) Math.exp(scores[i] - most);
            sum += scores[i];
        }
        return sum;
    }

    @Override
    public void mix(float[] weights, int w, int tokens, float[] values, int headDim, float[] out, int to) {
        for (int t = 0; t < tokens; t++) {
            for (int d = 0; d < headDim; d++) {
                out[to + d] = Math.fma(weights[w + t], values[t * headDim + d], out[to + d]);
            }
        }
    }
}
