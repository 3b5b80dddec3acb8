/**
 * CUDA above the generated bindings: driver lookup, contexts, modules, functions, memory, streams, events, graphs.
 *
 * <p>Must not know: language models, PTX text, anything of {@code kernels}. The types come with the CUDA path; until then
 * this package is empty on purpose: nothing here pretends to reach a driver.
 */
@NullMarked
package dev.gatun.cuda;

import org.jspecify.annotations.NullMarked;
