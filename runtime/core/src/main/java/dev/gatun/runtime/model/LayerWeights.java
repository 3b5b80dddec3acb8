package dev.gatun.runtime.model;

import dev.gatun.kernels.AttentionWeights;
import dev.gatun.kernels.FeedForwardWeights;
import dev.gatun.kernels.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one decoder layer, in the backend's memory.
 *
 * @param attention norm and projections before attention
 * @param output [width][heads * headDim]
 * @param outputBias F32 [1][width], where the model has one
 * @param feedForward the block after attention
 */
record LayerWeights(
        AttentionWeights attention, Tensor output, @Nullable Tensor outputBias, FeedForwardWeights feedForward) {}
