/**
 * Matrix products of NVIDIA's cuBLAS, above the generated bindings. The library is found at run time or named as missing.
 *
 * <p>Must not know: language models, and anything of {@code dev.gatun.cuda} but context, stream and exception.
 */
@NullMarked
package dev.gatun.cublas;

import org.jspecify.annotations.NullMarked;
