/**
 * Arithmetic as the PTX ISA defines it: narrow floating formats, directed rounding, and the approximated functions.
 *
 * <p>Every function here is scalar and pure. Must not know: registers, warps, the language.
 */
@NullMarked
package dev.gatun.ptx.num;

import org.jspecify.annotations.NullMarked;
