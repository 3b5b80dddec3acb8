/**
 * The PTX language, the hand-written kernels and the PTX machine.
 *
 * <p>Must not know: CUDA's driver, models. The types come with the PTX machine; until then this package is empty on
 * purpose: nothing here pretends to run PTX.
 */
@NullMarked
package dev.gatun.ptx;

import org.jspecify.annotations.NullMarked;
