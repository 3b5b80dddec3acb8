/**
 * The nouns that the PTX language and the PTX machine share: types, state spaces, positions, grid sizes, errors.
 *
 * <p>{@code syntax} reads text, {@code verify} accepts it, {@code exec} runs it on a CPU, {@code check} and {@code count}
 * watch a run. Must not know: CUDA's driver, models, or any of its own children.
 */
@NullMarked
package dev.gatun.ptx;

import org.jspecify.annotations.NullMarked;
