package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.reference.ReferenceBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random operands of a product. */
final class Product {
    private final DType type;
    private final int rows;
    private final int columns;
    private final int outputs;
    private float[] x;
    private MemorySegment weights;
    private final float @Nullable [] bias;

    Product(DType type, int rows, int columns, int outputs, boolean withBias) {
        this.type = type;
        this.rows = rows;
        this.columns = columns;
        this.outputs = outputs;
        this.x = Twins.plain(3L * rows + columns, rows * columns);
        this.weights = Twins.weights(type, outputs, columns, 7L * columns);
        this.bias = withBias ? Twins.plain(5, outputs) : null;
        widen();
    }

    /** Some groups have a minimum so much larger than their scale that their weights have to be rounded. */
    private void widen() {
        ByteBuffer buffer = weights.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < buffer.capacity(); at += 3 * type.groupByteSize()) {
            if (WeightGroup.hasMinimum(type)) {
                buffer.putShort(at, Float.floatToFloat16(at % 5 * 0x1p-24f));
                buffer.putShort(at + 2, Float.floatToFloat16(1001 - at % 77));
            }
        }
    }

    float[] x() {
        return x;
    }

    int rows() {
        return rows;
    }

    int outputs() {
        return outputs;
    }

    float[] result(Backend backend, Arena arena, int begin, int count) {
        Tensor out = Question.empty(backend, arena, count, outputs);
        float[] part = Arrays.copyOfRange(x, begin * columns, (begin + count) * columns);
        backend.matmul(
                Question.tensor(backend, arena, part, count),
                backend.weights(arena, type, outputs, columns, weights),
                bias == null ? null : Question.tensor(backend, arena, bias, 1),
                out);
        return Twins.floats(backend, out);
    }

    Question near(String what, Activations activations) {
        boolean asCodes = activations == Activations.INT8 && type.isQuantised();
        double[] bounds = bounds(x, Twins.magnitudes(type, weights), asCodes ? 0.5 / 127 : 0);
        return Question.defined(what, activations, false, (backend, arena) -> result(backend, arena, 0, rows), bounds);
    }

    /**
     * Integers, so few and small that every product and sum is exact in any of the types, and each group with a code of
     * 127, so that codes are what they stand for: only a bias is rounded.
     */
    Question exact(String what, Activations activations, boolean tensorCores) {
        Random random = new Random(rows);
        x = new float[rows * columns];
        for (int i = 0; i < x.length; i++) {
            x[i] = activations == Activations.INT8 && i % 32 == 5 ? 127 : random.nextInt(-60, 61);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) weights.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        weights = MemorySegment.ofArray(buffer.array());
        random.nextBytes(buffer.array());
        for (int at = 0; at < buffer.capacity(); at += type.groupByteSize()) {
            short integer = Float.floatToFloat16(random.nextInt(-9, 10));
            switch (type) {
                case F32 -> buffer.putFloat(at, random.nextInt(-60, 61));
                case F16 -> buffer.putShort(at, Float.floatToFloat16(random.nextInt(-60, 61)));
                case BF16 -> buffer.putShort(at, (short) (Float.floatToRawIntBits(random.nextInt(-60, 61)) >>> 16));
                default -> {
                    buffer.putShort(at, Float.floatToFloat16(1 << random.nextInt(3)));
                    if (WeightGroup.hasMinimum(type)) {
                        buffer.putShort(at + 2, integer);
                    }
                }
            }
        }
        Question.Operation operation = (backend, arena) -> result(backend, arena, 0, rows);
        return Question.defined(what, activations, tensorCores, operation, new double[rows * outputs]);
    }

    /** One row of {@code x} and one of the weights are infinite; the others must not see that. */
    Question isolated(String what) {
        int outlier = 20;
        Question exact = exact(what, Activations.F32, true);
        for (int c = 0; c < 16; c++) {
            x[outlier * columns + c] = Float.POSITIVE_INFINITY;
        }
        if (!type.isQuantised()) {
            for (int c = 0; c < 16; c++) {
                long at = ((long) outlier * columns + c) * type.groupByteSize();
                switch (type) {
                    case F32 -> weights.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, Float.NEGATIVE_INFINITY);
                    case F16 -> weights.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) 0xFC00);
                    default -> weights.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) 0xFF80);
                }
            }
        }
        Question.Operation others = (backend, arena) -> {
            float[] result = result(backend, arena, 0, rows);
            for (int i = 0; i < result.length; i++) {
                boolean infinite = i / outputs == outlier || (!type.isQuantised() && i % outputs == outlier);
                result[i] = infinite ? 0 : result[i];
            }
            return result;
        };
        return Question.defined(exact.what(), Activations.F32, true, others, new double[rows * outputs]);
    }

    Question rounded(String what) {
        float[] rounded = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            rounded[i] = half(x[i]);
        }
        float[] weight = values();
        double[] magnitudes = new double[weight.length];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = half(weight[i]);
            magnitudes[i] = Math.abs(weight[i]);
        }
        float[] expected;
        try (Backend reference = new ReferenceBackend(Activations.F32);
                Arena arena = Arena.ofShared()) {
            Tensor out = Question.empty(reference, arena, rows, outputs);
            reference.matmul(
                    Question.tensor(reference, arena, rounded, rows),
                    reference.weights(arena, DType.F32, outputs, columns, MemorySegment.ofArray(weight)),
                    bias == null ? null : Question.tensor(reference, arena, bias, 1),
                    out);
            expected = Twins.floats(reference, out);
        }
        return new Question(
                what,
                Activations.F32,
                true,
                (backend, arena) -> result(backend, arena, 0, rows),
                expected,
                bounds(rounded, magnitudes, 0));
    }

    /** As tensor cores take it. */
    private float half(float value) {
        if (type == DType.BF16) {
            int bits = Float.floatToRawIntBits(value);
            return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF_0000);
        }
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }

    private float[] values() {
        float[] values = new float[outputs * columns];
        int[] codes = new int[WeightGroup.SIZE];
        for (int i = 0; i < values.length; i += type.groupSize()) {
            if (!type.isQuantised()) {
                values[i] = WeightGroup.floatElement(type, weights, 0, i);
                continue;
            }
            long offset = (long) i / type.groupSize() * type.groupByteSize();
            WeightGroup.codes(type, weights, offset, codes);
            for (int c = 0; c < codes.length; c++) {
                values[i + c] = Math.fma(
                        codes[c], WeightGroup.scale(weights, offset), WeightGroup.minimum(type, weights, offset));
            }
        }
        return values;
    }

    /** As in {@link GpuMatmulTest}: one rounding a column, and some; codes are up to half a step larger than numbers. */
    private double[] bounds(float[] input, double[] magnitudes, double halfStep) {
        double[] bounds = new double[rows * outputs];
        for (int r = 0; r < rows; r++) {
            for (int n = 0; n < outputs; n++) {
                double sum = bias == null ? 0 : Math.abs(bias[n]);
                for (int begin = 0; begin < columns; begin += WeightGroup.SIZE) {
                    int end = Math.min(columns, begin + WeightGroup.SIZE);
                    double most = 0;
                    for (int c = begin; c < end; c++) {
                        most = Math.max(most, Math.abs(input[r * columns + c]));
                    }
                    for (int c = begin; c < end; c++) {
                        double size = Math.abs(input[r * columns + c]) + most * halfStep;
                        sum += size * magnitudes[n * columns + c];
                    }
                }
                bounds[r * outputs + n] = Twins.gamma(columns / 8.0 + 24) * sum + columns * Twins.LEAST_NORMAL;
            }
        }
        return bounds;
    }
}
