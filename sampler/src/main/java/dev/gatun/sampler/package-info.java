/**
 * Logits in, token out.
 *
 * <p>{@link dev.gatun.sampler.SamplingParams} says how; a {@link dev.gatun.sampler.Sampler} does it for one sequence: it
 * edits the row of logits ({@link dev.gatun.sampler.LogitsProcessor}), shapes the law of what may be chosen, draws, and
 * puts the row back. {@link dev.gatun.sampler.StopMatcher} watches the text for the end.
 *
 * <p>Must not know: models, kernels, tokenizers, files.
 */
@NullMarked
package dev.gatun.sampler;

import org.jspecify.annotations.NullMarked;
