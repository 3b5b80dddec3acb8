/**
 * The nouns every backend shares: {@link dev.gatun.kernels.Backend} (the mathematics of a decoder layer),
 * {@link dev.gatun.kernels.Tensor}, {@link dev.gatun.kernels.DType}, {@link dev.gatun.kernels.Batch} (the rows of one
 * step) and {@link dev.gatun.kernels.KvLayer} (the layout of one layer's cache).
 *
 * <p>Must not know: model files, tokenizers, sampling, and any one backend. The children {@code reference}, {@code cpu}
 * and {@code gpu} never see each other.
 */
@NullMarked
package dev.gatun.kernels;

import org.jspecify.annotations.NullMarked;
