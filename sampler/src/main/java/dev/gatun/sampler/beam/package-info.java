/**
 * Beam search as pure bookkeeping: which sequences go on, which have ended, and when to stop.
 *
 * <p>{@link dev.gatun.sampler.beam.BeamParams} says how; a {@link dev.gatun.sampler.beam.BeamSearch} is offered the scored
 * continuations of its beams, step by step, and says which of them are the beams of the next step. It holds no logits and
 * needs no model: {@link dev.gatun.sampler.Continuations} makes scores of logits.
 *
 * <p>Must not know: models, kernels, tokenizers, rows of logits.
 */
@NullMarked
package dev.gatun.sampler.beam;

import org.jspecify.annotations.NullMarked;
