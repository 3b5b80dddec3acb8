/**
 * Checkers that watch a kernel run: races, uninitialised values, barrier divergence, missing warp synchronisation, stale
 * read-only loads.
 *
 * <p>{@link dev.gatun.ptx.check.Checker} is the way in; it is a watcher of the machine, and its findings name lines of the
 * PTX text. Addresses outside allocations, misaligned ones and freed ones stop the kernel with a fault whether or not a
 * checker is there. Must not know: how the machine executes steps.
 */
@NullMarked
package dev.gatun.ptx.check;

import org.jspecify.annotations.NullMarked;
