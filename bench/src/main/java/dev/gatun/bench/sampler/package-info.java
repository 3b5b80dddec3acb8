/** What choosing a token costs. Knows the sampler only. */
@NullMarked
package dev.gatun.bench.sampler;

import org.jspecify.annotations.NullMarked;
