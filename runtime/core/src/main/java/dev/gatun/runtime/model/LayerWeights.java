package dev.gatun.runtime.model;

import dev.gatun.kernels.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one decoder layer, in the backend's memory.
 *
 * @param attentionNorm F32 [1][width]
 * @param query [heads * headDim][width]
 * @param queryBias F32 [1][heads * headDim], where the model has one
 * @param key [kvHeads * headDim][width]
 * @param keyBias F32 [1][kvHeads * headDim], where the model has one
 * @param value [kvHeads * headDim][width]
 * @param valueBias F32 [1][kvHeads * headDim], where the model has one
 * @param output [width][heads * headDim]
 * @param outputBias F32 [1][width], where the model has one
 * @param feedForwardNorm F32 [1][width]
 * @param gate [hidden][width]
 * @param up [hidden][width]
 * @param down [width][hidden]
 */
record LayerWeights(
        Tensor attentionNorm,
        Tensor query,
        @Nullable Tensor queryBias,
        Tensor key,
        @Nullable Tensor keyBias,
        Tensor value,
        @Nullable Tensor valueBias,
        Tensor output,
        @Nullable Tensor outputBias,
        Tensor feedForwardNorm,
        Tensor gate,
        Tensor up,
        Tensor down) {}
