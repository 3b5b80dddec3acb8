/**
 * PTX that may run: every instruction matched to one row of the table of forms, every operand to a register, constant,
 * variable or label of the right type.
 *
 * <p>{@link dev.gatun.ptx.verify.Forms} is the one list of what is supported: the verifier, the machine's lowering and the
 * coverage page all read it. Must not know: how a form is executed.
 */
@NullMarked
package dev.gatun.ptx.verify;

import org.jspecify.annotations.NullMarked;
