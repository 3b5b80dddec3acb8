/**
 * Counts: what a run did (instructions by class, memory requests and the sectors they touch, bank conflicts), what a text
 * holds, and what follows from both for known chips: occupancy and a lower bound of time.
 *
 * <p>Counts are exact and deterministic, so a build may hold a kernel to them. Occupancy follows from stated limits. A
 * lower bound is a prediction and called one. Must not know: the checkers, the driver, the GPU that is present.
 */
@NullMarked
package dev.gatun.ptx.count;

import org.jspecify.annotations.NullMarked;
