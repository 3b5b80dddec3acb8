package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.reference.ReferenceBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What products and embeddings are asked: more steps than one with a ragged end, outputs and rows that do not fill the last
 * block, with bias and without, and the same bits by the kernel for one row and by the kernel for several.
 */
final class MatmulJudges {
    private static final int OUTPUTS = 19;

    private MatmulJudges() {}

    static void addTo(Map<String, Supplier<List<Question>>> questions) {
        for (DType type : DType.values()) {
            if (type == DType.Q5_0) {
                continue; // has no kernels of its own
            }
            questions.put(Kernel.name("embed", type), () -> embed(type));
            questions.put(Kernel.name("matmul_row", type), () -> rows(type, Activations.F32, 1));
            questions.put(Kernel.name("matmul_rows", type), () -> rows(type, Activations.F32, 6));
            questions.put(Kernel.name("matmul_tile", type), () -> tiles(type));
            if (type.isQuantised()) {
                questions.put(Kernel.name("matmul_row_int8", type), () -> rows(type, Activations.INT8, 1));
                questions.put(Kernel.name("matmul_rows_int8", type), () -> rows(type, Activations.INT8, 6));
            }
        }
        questions.put("pad_columns", MatmulJudges::padding);
        questions.put("quantise_rows", MatmulJudges::quantising);
    }

    private static List<Question> embed(DType type) {
        int columns = type.isQuantised() ? 288 : 301;
        MemorySegment bytes = Twins.weights(type, 9, columns, columns);
        return List.of(Question.defined(
                "embed",
                (backend, arena) -> {
                    Batch batch = new Batch(arena, 5, 1, 1);
                    batch.addSequence(new int[] {0}, 1);
                    for (int row = 0; row < 3; row++) {
                        batch.add(8 - 3 * row, row, 0, false);
                    }
                    Tensor out = Question.empty(backend, arena, 3, columns);
                    backend.embed(backend.weights(arena, type, 9, columns, bytes), batch, out);
                    return Twins.floats(backend, out);
                },
                0));
    }

    private static List<Question> rows(DType type, Activations activations, int rows) {
        int columns = type.isQuantised() ? 288 : 207;
        List<Question> questions = new ArrayList<>();
        questions.add(new Product(type, rows, columns, OUTPUTS, true).near("with bias", activations));
        questions.add(invariance(new Product(type, Math.max(rows, 2), columns, OUTPUTS, true), activations));
        questions.add(new Product(type, rows, columns, 16, false).exact("exact, without bias", activations, false));
        questions.add(new Product(type, rows, columns, 33, true).exact("exact, with bias", activations, false));
        if (rows > 1) { // each place of a row in its block of four is the last once
            questions.add(new Product(type, 5, 32, 17, true).exact("one row in the last block", activations, false));
            questions.add(new Product(type, 7, 32, 17, true).exact("three rows in the last block", activations, false));
        }
        return questions;
    }

    private static Question invariance(Product product, Activations activations) {
        int rows = product.rows;
        int outputs = product.outputs;
        Question.Operation together = (backend, arena) -> product.result(backend, arena, 0, rows);
        Question.Operation alone = (backend, arena) -> {
            float[] results = new float[rows * outputs];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(product.result(backend, arena, row, 1), 0, results, row * outputs, outputs);
            }
            return results;
        };
        return Question.same("rows alone", activations, rows * outputs, together, alone);
    }

    /** Each of the four tiles of a warp in either direction is the last once, and its last output is an odd one. */
    private static List<Question> tiles(DType type) {
        int columns = type.isQuantised() ? 96 : 69; // half of what a thread stages is past the end: the second half
        int longer = type.isQuantised() ? 96 : 85; // and again for the other thread of a row
        return List.of(
                new Product(type, 70, columns, 75, true).isolated("a row and an output that are infinite"),
                new Product(type, 70, longer, 75, true).rounded("two blocks each way"),
                new Product(type, 35, 32, 69, true).exact("first tiles", Activations.F32, true),
                new Product(type, 44, 64, 77, true).exact("second tiles", Activations.F32, true),
                new Product(type, 53, 64, 85, true).exact("third tiles", Activations.F32, true),
                new Product(type, 62, 32, 93, true).exact("fourth tiles", Activations.F32, true),
                new Product(type, 32, 32, 65, false).exact("without bias", Activations.F32, true));
    }

    /** Each padded column meets a weight. */
    private static List<Question> padding() {
        return List.of(
                new Product(DType.F32, 3, 131, 7, false).near("longer than a block", Activations.F32),
                new Product(DType.F32, 3, 300, 7, false).near("longer than two", Activations.F32));
    }

    private static List<Question> quantising() {
        Product product = new Product(DType.Q4_1, 3, 544, 33, false);
        float[] x = product.x;
        Arrays.fill(x, 64, 96, 0f);
        Arrays.fill(x, 128, 160, 1e-39f); // their inverse is infinite
        x[200] = 1e30f;
        for (int i = 0; i < 32; i++) {
            x[288 + i] = i == 17 ? -127 : 0.5f + i; // ties, and the largest is negative
        }
        return List.of(product.near("groups of all kinds", Activations.INT8));
    }

    /** Random operands of a product. */
    private static final class Product {
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
            return Question.defined(
                    what, activations, false, (backend, arena) -> result(backend, arena, 0, rows), bounds);
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
}
