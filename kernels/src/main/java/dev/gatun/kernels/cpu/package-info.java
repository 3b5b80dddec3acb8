/**
 * The default backend in three tiers: machine code, the Vector API, scalar loops. An operation that machine code lacks for
 * some type goes to the tier below: {@link RowOperations} and {@link Attention} are the seams, products are told apart by
 * how their weights were packed.
 *
 * <p>Must not know: the other backends, model files.
 */
@NullMarked
package dev.gatun.kernels.cpu;

import org.jspecify.annotations.NullMarked;
