/**
 * CUDA above the generated bindings: the driver, its devices, a context, and what lives in one: memory, modules and their
 * functions, streams, events, graphs. Each class is thin, names the driver's call in every failure, and allocates nothing in
 * a launch, a copy or a synchronisation.
 *
 * <p>Native things belong to the arena they were made from, or die with their context: nobody frees by hand. A context and
 * what it made is used by one thread at a time; arenas may be closed by any thread.
 *
 * <p>Must not know: language models, what a kernel computes, anything of {@code kernels}.
 */
@NullMarked
package dev.gatun.cuda;

import org.jspecify.annotations.NullMarked;
