/**
 * The default backend: machine code for quantised products where it runs, the Vector API for the rest, or named scalar code
 * where the module is missing.
 *
 * <p>Must not know: the other backends, model files.
 */
@NullMarked
package dev.gatun.kernels.cpu;

import org.jspecify.annotations.NullMarked;
