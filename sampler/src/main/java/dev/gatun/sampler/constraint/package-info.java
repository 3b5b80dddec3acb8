/**
 * Constraints on what a model says: a regular expression, a grammar in llama.cpp's notation, or a JSON schema.
 *
 * <p>All of them become rules ({@link dev.gatun.sampler.constraint.Rules}), the rules a network of states over the bytes of
 * UTF-8 text ({@link dev.gatun.sampler.constraint.Network}), and the network, run lazily as a pushdown automaton whose states
 * are shared and kept, says which tokens of a vocabulary may come next.
 *
 * <p>What a user writes is parsed here and nowhere else: no pattern reaches {@code java.util.regex}. Every size has a budget.
 * Must not know: tokenizers, models, files.
 */
@NullMarked
package dev.gatun.sampler.constraint;

import org.jspecify.annotations.NullMarked;
