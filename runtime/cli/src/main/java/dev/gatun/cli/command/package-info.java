/**
 * One class a command: its options, and the calls that answer them.
 *
 * <p>An option that a command cannot honour is refused by name. Results and notes go through {@link dev.gatun.cli.Console}.
 *
 * <p>Must not know: kernels' insides, where models come from.
 */
@NullMarked
package dev.gatun.cli.command;

import org.jspecify.annotations.NullMarked;
