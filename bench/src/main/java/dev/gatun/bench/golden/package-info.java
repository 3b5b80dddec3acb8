/**
 * Golden tiles: what a GPU makes of one instruction, bit for bit, recorded with what it was given, so that the PTX machine can be
 * held against it ever after without a GPU.
 *
 * <p>A {@link dev.gatun.bench.golden.TileProgram} is one instruction in a kernel; a {@link dev.gatun.bench.golden.Tile} is its inputs
 * and outputs on one device. Tiles recorded on the PTX machine say so and prove nothing.
 */
@NullMarked
package dev.gatun.bench.golden;

import org.jspecify.annotations.NullMarked;
