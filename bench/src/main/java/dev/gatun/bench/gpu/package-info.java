/**
 * The GPU suite: driver and ceilings, the kernels' contract, their times, whole models, predictions against what was measured.
 * It runs as well on the PTX machine, which proves the suite but measures nothing.
 *
 * <p>A {@link dev.gatun.bench.gpu.Suite} runs {@link dev.gatun.bench.gpu.Part parts} of {@link dev.gatun.bench.gpu.Case cases} on a
 * {@link dev.gatun.bench.gpu.Stand}; each case gives a {@link dev.gatun.bench.gpu.Row} that is written at once.
 *
 * <p>Must not know: the command line.
 */
@NullMarked
package dev.gatun.bench.gpu;

import org.jspecify.annotations.NullMarked;
