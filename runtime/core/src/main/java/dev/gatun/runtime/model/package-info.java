/**
 * The decoder of the llama family, written once over {@link dev.gatun.kernels.Backend}: hyper-parameters
 * ({@link dev.gatun.runtime.model.ModelConfig}), weights, and {@link dev.gatun.runtime.model.Transformer#forward}.
 *
 * <p>Must not know: text, sampling, requests, which backend computes.
 */
@NullMarked
package dev.gatun.runtime.model;

import org.jspecify.annotations.NullMarked;
