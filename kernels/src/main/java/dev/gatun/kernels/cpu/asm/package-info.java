/**
 * The machine-code tier: an assembler for a strict subset of x86-64, pages that hold its code, and the processor's
 * features. Kernels are text ({@code src/main/asm/x86_64}), as PTX kernels are.
 *
 * <p>Must not know: tensors, layouts, teams; only text, bytes, addresses.
 */
@NullMarked
package dev.gatun.kernels.cpu.asm;

import org.jspecify.annotations.NullMarked;
