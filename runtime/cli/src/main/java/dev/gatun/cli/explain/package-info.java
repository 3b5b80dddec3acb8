/**
 * A generation told step by step: the tokens of the prompt, what each stage of the sampling chain did, the draw, the token,
 * the end; as text, JSON and one HTML page that asks nothing of the network.
 *
 * <p>Must not know: how anything is computed; the command line.
 */
@NullMarked
package dev.gatun.cli.explain;

import org.jspecify.annotations.NullMarked;
