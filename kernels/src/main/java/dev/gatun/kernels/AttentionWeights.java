package dev.gatun.kernels;

import org.jspecify.annotations.Nullable;

/**
 * What an attention block multiplies its input by, as {@link Backend#attentionInput} takes it.
 *
 * @param norm F32 [1][width]
 * @param epsilon added to the mean of squares
 * @param query [heads * headDim][width]
 * @param queryBias F32 [1][heads * headDim], where the model has one
 * @param key [kvHeads * headDim][width]
 * @param keyBias F32 [1][kvHeads * headDim], where the model has one
 * @param value [kvHeads * headDim][width]
 * @param valueBias F32 [1][kvHeads * headDim], where the model has one
 */
public record AttentionWeights(
        Tensor norm,
        float epsilon,
        Tensor query,
        @Nullable Tensor queryBias,
        Tensor key,
        @Nullable Tensor keyBias,
        Tensor value,
        @Nullable Tensor valueBias) {}
