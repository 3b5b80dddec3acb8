/**
 * What a command line needs to run and judge a PTX kernel: its arguments as one spells them (numbers, and buffers filled
 * by rule or from NumPy's files), the reports of a run and of a text, and {@code ptxas} where it is installed.
 *
 * <p>Must not know: commands, models, the terminal.
 */
@NullMarked
package dev.gatun.cli.ptx;

import org.jspecify.annotations.NullMarked;
