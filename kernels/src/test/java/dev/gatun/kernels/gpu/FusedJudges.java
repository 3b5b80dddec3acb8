package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the fused kernels of one row are asked: the bits of the plain kernels they stand for, which have judges of their own.
 * Lanes have one group, two or none; the last block is torn; heads are turned wholly, in part and not at all.
 */
final class FusedJudges {
    static final List<DType> TYPES = List.of(DType.Q4_0, DType.Q4_1, DType.Q5_1, DType.Q8_0);

    private static final int TWO_STEPS =
            288; // columns: nine groups for eight lanes, a ninth warp's share for eight warps

    private FusedJudges() {}

    static void addTo(Map<String, Supplier<List<Question>>> questions) {
        for (DType type : TYPES) {
            questions.put(Kernel.name("qkv_row_int8", type), () -> attentionInput(type));
            questions.put(Kernel.name("matmul_add_row_int8", type), () -> addProduct(type));
            questions.put(Kernel.name("gate_up_row_int8", type), () -> addFeedForward(type));
        }
        questions.put("rms_norm_quantise", FusedJudges::normalising);
    }

    private static List<Question> attentionInput(DType type) {
        return List.of(
                attentionInput(type, DType.F16, new FusedLayer.Shape(TWO_STEPS, 32, 3, 2, 24, true, 7, true)),
                attentionInput(type, DType.F32, new FusedLayer.Shape(96, 32, 2, 1, 8, false, 4, false)),
                attentionInput(type, DType.F32, new FusedLayer.Shape(32, 32, 1, 3, 40, true, 0, true)));
    }

    static Question attentionInput(DType type, DType cache, FusedLayer.Shape shape) {
        return attentionInput(type, cache, shape, Twins.plain(1, shape.width()));
    }

    private static Question attentionInput(DType type, DType cache, FusedLayer.Shape shape, float[] norm) {
        return attentionInput(type, cache, shape, Twins.numbers(shape.width(), shape.width()), norm);
    }

    private static Question attentionInput(
            DType type, DType cache, FusedLayer.Shape shape, float[] stream, float[] norm) {
        return question(
                shape + ", " + cache,
                type,
                cache,
                shape,
                fused -> layer -> joined(layer.attentionInput(fused, stream, norm)));
    }

    private static List<Question> addProduct(DType type) {
        return List.of(
                addProduct(type, 35, TWO_STEPS, true), // outputs end within a warp
                addProduct(type, 16, 96, false));
    }

    private static Question addProduct(DType type, int outputs, int columns, boolean biased) {
        FusedLayer.Shape shape = new FusedLayer.Shape(outputs, columns, 1, 1, 8, false, 0, biased);
        float[] stream = Twins.plain(1, outputs);
        return question(
                outputs + " outputs", type, DType.F16, shape, fused -> layer -> layer.addProduct(fused, stream));
    }

    /** Gates that saturate and some that do not; and numbers whose inverse is infinite, of which nothing may be left. */
    private static List<Question> addFeedForward(DType type) {
        return List.of(
                addFeedForward(type, 64, Twins.plain(1, TWO_STEPS), scaled(0.1f, Twins.plain(2, TWO_STEPS))),
                addFeedForward(type, 32, Twins.plain(3, 64), scaled(0.003f, Twins.plain(4, 64))),
                addFeedForward(type, 32, scaled(1e-38f, Twins.plain(5, 64)), scaled(1e16f, Twins.plain(6, 64))));
    }

    private static Question addFeedForward(DType type, int hidden, float[] stream, float[] norm) {
        FusedLayer.Shape shape = new FusedLayer.Shape(norm.length, hidden, 1, 1, 8, false, 0, false);
        return question(
                hidden + " hidden of " + norm.length,
                type,
                DType.F16,
                shape,
                fused -> layer -> layer.addFeedForward(fused, stream, norm));
    }

    /** Seen through few products. Rows whose inverse is infinite, of zeros, with large elements; many for their rounding. */
    private static List<Question> normalising() {
        float[] norm = Twins.plain(1, TWO_STEPS);
        Arrays.fill(norm, 32, 64, 0f);
        norm[105] = 1e30f;
        norm[270] = -100f;
        List<Question> questions = new ArrayList<>();
        questions.add(attentionInput(DType.Q4_1, DType.F32, products(TWO_STEPS)));
        questions.add(attentionInput(DType.Q5_1, DType.F32, products(TWO_STEPS), norm));
        questions.add(attentionInput(DType.Q4_1, DType.F32, products(96), scaled(1e-39f, Twins.plain(7, 96))));
        questions.add(attentionInput(DType.Q4_1, DType.F32, products(1120))); // more than the block takes at once
        for (int columns = 32; columns <= 320; columns += 32) {
            questions.add(attentionInput(DType.Q8_0, DType.F32, products(columns)));
            float[] small = scaled(0.003f, Twins.plain(columns, columns)); // beside which epsilon is large
            questions.add(attentionInput(DType.Q4_1, DType.F32, products(columns), small, Twins.plain(9, columns)));
        }
        return questions;
    }

    private static FusedLayer.Shape products(int columns) {
        return new FusedLayer.Shape(columns, 32, 1, 1, 8, false, 0, false);
    }

    private static float[] scaled(float factor, float[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= factor;
        }
        return numbers;
    }

    private static Question question(
            String what,
            DType type,
            DType cache,
            FusedLayer.Shape shape,
            Function<Boolean, Function<FusedLayer, float[]>> operation) {
        return Question.agreeing(
                what,
                Activations.INT8,
                (backend, arena) ->
                        operation.apply(true).apply(new FusedLayer((GpuBackend) backend, arena, type, cache, shape)),
                (backend, arena) ->
                        operation.apply(false).apply(new FusedLayer((GpuBackend) backend, arena, type, cache, shape)));
    }

    private static float[] joined(List<float[]> parts) {
        int length = parts.stream().mapToInt(part -> part.length).sum();
        float[] all = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
