/**
 * The machine a PTX kernel runs on, behind one seam: {@link dev.gatun.kernels.device.Device}. Parameters are packed above
 * it ({@link dev.gatun.kernels.device.ParamBlock}), so that a launch differs between machines in one call.
 *
 * <p>Must not know: what a kernel computes, tensors, batches, and any backend.
 */
@NullMarked
package dev.gatun.kernels.device;

import org.jspecify.annotations.NullMarked;
