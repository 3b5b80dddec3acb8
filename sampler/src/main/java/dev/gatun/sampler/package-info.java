/**
 * Logits in, token out.
 *
 * <p>Must not know: models, kernels, tokenizers, files.
 */
@NullMarked
package dev.gatun.sampler;

import org.jspecify.annotations.NullMarked;
