/**
 * How good a model's predictions are: perplexity, divergence from another run, raw logits.
 *
 * <p>Must not know: commands, terminals, JSON.
 */
@NullMarked
package dev.gatun.cli.eval;

import org.jspecify.annotations.NullMarked;
