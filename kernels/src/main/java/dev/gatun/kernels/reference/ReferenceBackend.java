package dev.gatun.kernels.reference;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.HostBackend;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Shapes;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The definition of every operation: scalar, one element after another, sums in {@code double}. Weights stay in the
 * file's layout. Slow by design; one thread.
 */
public final class ReferenceBackend implements HostBackend {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;

    private final boolean int8;

    /** @param activations {@link Activations#INT8}, or float32 for the others */
    public ReferenceBackend(Activations activations) {
        this.int8 = activations == Activations.INT8;
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "reference (scalar, double sums, 1 thread; slow), activations " + (int8 ? "int8" : "f32");
    }

    // ---- memory

    @Override
    public Tensor weights(Arena arena, DType type, int rows, int columns, MemorySegment source) {
        Shapes.weights(type, rows, columns, source.byteSize());
        MemorySegment copy = arena.allocate(source.byteSize(), 64);
        copy.copyFrom(source);
        return new Tensor(type, rows, columns, copy, 0);
    }

    // ---- operations

    @Override
    public void embed(Tensor table, Batch batch, Tensor out) {
        Shapes.embed(table, batch, out);
        float[] row = new float[table.columns()];
        for (int r = 0; r < batch.rows(); r++) {
            weightRow(table, batch.token(r), row);
            for (int c = 0; c < row.length; c++) {
                set(out, r, c, row[c]);
            }
        }
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        Shapes.rmsNorm(x, weight, out);
        for (int r = 0; r < x.rows(); r++) {
            double squares = 0;
            for (int c = 0; c < x.columns(); c++) {
                double value = get(x, r, c);
                squares += value * value;
            }
            double scale = 1 / Math.sqrt(squares / x.columns() + epsilon);
            for (int c = 0; c < x.columns(); c++) {
                set(out, r, c, (float) (get(x, r, c) * scale * get(weight, 0, c)));
            }
        }
    }

    @Override
    public void matmul(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Shapes.matmul(x, weight, bias, out);
        double[][] input = new double[x.rows()][];
        for (int r = 0; r < x.rows(); r++) {
            input[r] = int8 && weight.type().isQuantised() ? quantised(x, r) : floats(x, r);
        }
        float[] row = new float[weight.columns()];
        for (int n = 0; n < weight.rows(); n++) {
            weightRow(weight, n, row);
            double added = bias == null ? 0 : get(bias, 0, n);
            for (int r = 0; r < x.rows(); r++) {
                set(out, r, n, (float) (dot(input[r], row) + added));
            }
        }
    }

    @Override
    public void angles(Batch batch, Rotation rotation, Tensor out) {
        Shapes.angles(batch, rotation, out);
        double[] frequencies = rotation.inverseFrequencies();
        for (int r = 0; r < batch.rows(); r++) {
            for (int i = 0; i < frequencies.length; i++) {
                double angle = batch.position(r) * frequencies[i];
                set(out, r, 2 * i, (float) (rotation.magnitude() * Math.cos(angle)));
                set(out, r, 2 * i + 1, (float) (rotation.magnitude() * Math.sin(angle)));
            }
        }
    }

    @Override
    public void rope(Tensor x, int headDim, Rotation rotation, Tensor angles) {
        Shapes.rope(x, headDim, rotation, angles);
        int pairs = rotation.dimensions() / 2;
        boolean adjacent = rotation.pairs() == Rotation.Pairs.ADJACENT;
        for (int r = 0; r < x.rows(); r++) {
            for (int head = 0; head < x.columns(); head += headDim) {
                for (int i = 0; i < pairs; i++) {
                    int first = head + (adjacent ? 2 * i : i);
                    int second = head + (adjacent ? 2 * i + 1 : i + pairs);
                    double cos = get(angles, r, 2 * i);
                    double sin = get(angles, r, 2 * i + 1);
                    double a = get(x, r, first);
                    double b = get(x, r, second);
                    set(x, r, first, (float) (a * cos - b * sin));
                    set(x, r, second, (float) (a * sin + b * cos));
                }
            }
        }
    }

    @Override
    public void append(Tensor k, Tensor v, Batch batch, KvLayer layer) {
        Shapes.append(k, v, batch, layer);
        int headDim = layer.headDim();
        for (int r = 0; r < batch.rows(); r++) {
            int position = batch.position(r);
            int page = batch.page(batch.sequence(r), position / KvLayer.PAGE_TOKENS);
            for (int head = 0; head < layer.kvHeads(); head++) {
                float[] key = new float[headDim];
                float[] value = new float[headDim];
                for (int d = 0; d < headDim; d++) {
                    key[d] = get(k, r, head * headDim + d);
                    value[d] = get(v, r, head * headDim + d);
                }
                store(layer, layer.keys(), page, head, position % KvLayer.PAGE_TOKENS, key);
                store(layer, layer.values(), page, head, position % KvLayer.PAGE_TOKENS, value);
            }
        }
    }

    @Override
    public void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out) {
        Shapes.attend(q, batch, layer, out);
        int headDim = layer.headDim();
        int heads = q.columns() / headDim;
        int headsPerKvHead = heads / layer.kvHeads();
        for (int r = 0; r < batch.rows(); r++) {
            for (int h = 0; h < heads; h++) {
                attend(q, batch, layer, scale, out, r, h, h / headsPerKvHead);
            }
        }
    }

    private static void attend(
            Tensor q, Batch batch, KvLayer layer, float scale, Tensor out, int row, int head, int kvHead) {
        int headDim = layer.headDim();
        int sequence = batch.sequence(row);
        double[] scores = new double[batch.position(row) + 1];
        double most = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < scores.length; t++) {
            float[] key = load(layer, layer.keys(), batch, sequence, kvHead, t);
            double score = 0;
            for (int d = 0; d < headDim; d++) {
                score += (double) get(q, row, head * headDim + d) * key[d];
            }
            scores[t] = score * scale;
            most = Math.max(most, scores[t]);
        }
        double sum = 0;
        for (int t = 0; t < scores.length; t++) {
            scores[t] = Math.exp(scores[t] - most);
            sum += scores[t];
        }
        double[] mixed = new double[headDim];
        for (int t = 0; t < scores.length; t++) {
            float[] value = load(layer, layer.values(), batch, sequence, kvHead, t);
            for (int d = 0; d < headDim; d++) {
                mixed[d] += scores[t] * value[d];
            }
        }
        for (int d = 0; d < headDim; d++) {
            set(out, row, head * headDim + d, (float) (mixed[d] / sum));
        }
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        Shapes.same("swiGlu", gate, up);
        Shapes.same("swiGlu", gate, out);
        for (int r = 0; r < gate.rows(); r++) {
            for (int c = 0; c < gate.columns(); c++) {
                double g = get(gate, r, c);
                set(out, r, c, (float) (g / (1 + Math.exp(-g)) * get(up, r, c)));
            }
        }
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Shapes.same("add", x, y);
        for (int r = 0; r < x.rows(); r++) {
            for (int c = 0; c < x.columns(); c++) {
                set(x, r, c, get(x, r, c) + get(y, r, c));
            }
        }
    }

    @Override
    public void gather(Tensor x, Batch batch, Tensor out) {
        Shapes.gather(x, batch, out);
        for (int i = 0; i < batch.logitRows(); i++) {
            for (int c = 0; c < x.columns(); c++) {
                set(out, i, c, get(x, batch.logitRow(i), c));
            }
        }
    }

    @Override
    public void close() {}

    // ---- elements

    /** Writes row {@code n} of a weight matrix as float32: {@code scale * code + minimum}, rounded once. */
    private static void weightRow(Tensor weight, int n, float[] row) {
        DType type = weight.type();
        long offset = weight.offset() + n * weight.rowByteSize();
        if (!type.isQuantised()) {
            for (int c = 0; c < row.length; c++) {
                row[c] = WeightGroup.floatElement(type, weight.storage(), offset, c);
            }
            return;
        }
        int[] codes = new int[WeightGroup.SIZE];
        for (int c = 0; c < row.length; c += WeightGroup.SIZE) {
            double scale = WeightGroup.scale(weight.storage(), offset);
            double minimum = WeightGroup.minimum(type, weight.storage(), offset);
            WeightGroup.codes(type, weight.storage(), offset, codes);
            for (int i = 0; i < WeightGroup.SIZE; i++) {
                row[c + i] = (float) (scale * codes[i] + minimum);
            }
            offset += type.groupByteSize();
        }
    }

    private static double[] floats(Tensor x, int row) {
        double[] values = new double[x.columns()];
        for (int c = 0; c < values.length; c++) {
            values[c] = get(x, row, c);
        }
        return values;
    }

    /** The row as {@link Activations#INT8} represents it: {@code scale * code}. */
    private static double[] quantised(Tensor x, int row) {
        double[] values = floats(x, row);
        for (int begin = 0; begin < values.length; begin += WeightGroup.SIZE) {
            float most = 0;
            for (int c = begin; c < begin + WeightGroup.SIZE; c++) {
                most = Math.max(most, Math.abs((float) values[c])); // NaN if one is
            }
            float inverse = 127f / most;
            boolean tooSmall = Float.isInfinite(inverse);
            for (int c = begin; c < begin + WeightGroup.SIZE; c++) {
                float code = (float) Math.rint((float) values[c] * inverse);
                values[c] = tooSmall ? 0 : Float.isFinite(most) ? (most / 127f) * (double) code : Double.NaN;
            }
        }
        return values;
    }

    private static double dot(double[] x, float[] weight) {
        double sum = 0;
        for (int c = 0; c < x.length; c++) {
            sum += x[c] * weight[c];
        }
        return sum;
    }

    private static float[] load(
            KvLayer layer, MemorySegment storage, Batch batch, int sequence, int kvHead, int position) {
        float[] row = new float[layer.headDim()];
        int page = batch.page(sequence, position / KvLayer.PAGE_TOKENS);
        layer.read(storage, page, kvHead, position % KvLayer.PAGE_TOKENS, row);
        return row;
    }

    private static void store(KvLayer layer, MemorySegment storage, int page, int kvHead, int token, float[] row) {
        long at = layer.byteOffset(page, kvHead, token);
        long scales = layer.scaleOffset(page, kvHead, token);
        for (int d = 0; d < row.length; d++) {
            switch (layer.type()) {
                case F16 -> storage.set(SHORT, at + 2L * d, Float.floatToFloat16(row[d]));
                case F32 -> storage.set(FLOAT, at + 4L * d, row[d]);
                default -> {
                    int group = d / WeightGroup.SIZE;
                    float most = most(row, group * WeightGroup.SIZE);
                    float inverse = 127f / most;
                    int code = Float.isInfinite(inverse) ? 0 : (int) Math.rint(row[d] * inverse);
                    storage.set(ValueLayout.JAVA_BYTE, at + d, (byte) code);
                    storage.set(SHORT, scales + 2L * group, Float.floatToFloat16(most / 127f));
                }
            }
        }
    }

    /** The largest magnitude of the group that begins at {@code begin}; NaN if one is. */
    private static float most(float[] row, int begin) {
        float most = 0;
        for (int d = begin; d < Math.min(row.length, begin + WeightGroup.SIZE); d++) {
            most = Math.max(most, Math.abs(row[d]));
        }
        return most;
    }

    private static float get(Tensor x, int row, int column) {
        return x.storage().get(FLOAT, x.offset() + 4 * ((long) row * x.columns() + column));
    }

    private static void set(Tensor x, int row, int column, float value) {
        x.storage().set(FLOAT, x.offset() + 4 * ((long) row * x.columns() + column), value);
    }
}
