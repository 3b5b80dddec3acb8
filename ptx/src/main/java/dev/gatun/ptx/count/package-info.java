/**
 * Counters of what a kernel does: instructions by class, memory requests and the sectors they touch, bank conflicts.
 *
 * <p>They are exact and deterministic, so a build may hold a kernel to them. They say nothing about time. Must not know:
 * any particular GPU, the checkers.
 */
@NullMarked
package dev.gatun.ptx.count;

import org.jspecify.annotations.NullMarked;
