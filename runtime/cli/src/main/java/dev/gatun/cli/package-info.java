/**
 * The {@code gatun} command: {@link dev.gatun.cli.Main} and the nouns its parts share. Commands are in {@code .command},
 * fetching models in {@code .pull}, judging models in {@code .eval}.
 *
 * <p>Results go to standard output, everything else to standard error, through {@link dev.gatun.cli.Console} alone.
 *
 * <p>Must not know: kernels' insides. Only {@code Main} knows the packages below.
 */
@NullMarked
package dev.gatun.cli;

import org.jspecify.annotations.NullMarked;
