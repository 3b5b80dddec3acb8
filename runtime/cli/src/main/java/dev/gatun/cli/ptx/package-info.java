/**
 * The arguments of a PTX kernel as a command line spells them: numbers, and buffers filled by rule or from NumPy's files.
 *
 * <p>Must not know: commands, models, the terminal.
 */
@NullMarked
package dev.gatun.cli.ptx;

import org.jspecify.annotations.NullMarked;
