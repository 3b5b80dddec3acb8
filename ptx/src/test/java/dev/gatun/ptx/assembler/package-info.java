/**
 * NVIDIA's {@code ptxas} as a judge: what it makes of the kernels that ship, and of what our verifier takes and refuses.
 *
 * <p>Its judgements are recorded as text beside what they are about, and compared with ours in every build; where a ptxas is
 * at hand, slow tests ask it again.
 */
@NullMarked
package dev.gatun.ptx.assembler;

import org.jspecify.annotations.NullMarked;
