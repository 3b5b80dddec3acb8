package dev.gatun.runtime.model;

import dev.gatun.kernels.Tensor;
import java.util.List;

/**
 * All weights of a model, in the backend's memory.
 *
 * @param embedding [vocabulary][width]
 * @param layers one entry a layer
 * @param outputNorm F32 [1][width]
 * @param classifier [vocabulary][width]; the same tensor as {@code embedding} where they are tied
 * @param byteSize bytes of the matrices that one forward pass reads, as the file stores them
 */
record ModelWeights(Tensor embedding, List<LayerWeights> layers, Tensor outputNorm, Tensor classifier, long byteSize) {}
