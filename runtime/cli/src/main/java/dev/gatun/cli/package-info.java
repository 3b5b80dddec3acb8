/**
 * The {@code gatun} command.
 *
 * <p>Must not know: kernels' insides.
 */
@NullMarked
package dev.gatun.cli;

import org.jspecify.annotations.NullMarked;
