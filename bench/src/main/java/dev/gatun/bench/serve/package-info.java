/**
 * A load generator for any server that speaks OpenAI's interface: what its clients feel, measured from outside. Knows nothing
 * of this project's server.
 */
@NullMarked
package dev.gatun.bench.serve;

import org.jspecify.annotations.NullMarked;
