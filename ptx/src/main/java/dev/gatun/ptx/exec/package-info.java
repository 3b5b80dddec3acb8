/**
 * The PTX machine: runs verified kernels a warp at a time on a CPU.
 *
 * <p>An entry is lowered once to a flat list of {@link dev.gatun.ptx.exec.Step}s; a step works on whole registers of 32
 * lanes under a mask. {@link dev.gatun.ptx.exec.PtxMachine} is the way in; a {@link dev.gatun.ptx.exec.Watcher} sees what
 * a run does. Must not know: checkers, counters, CUDA's driver.
 */
@NullMarked
package dev.gatun.ptx.exec;

import org.jspecify.annotations.NullMarked;
