/**
 * The mathematics as launches of hand-written PTX: one launcher a kernel, weights repacked at load, one upload a step.
 *
 * <p>Must not know: which machine runs the kernels ({@link dev.gatun.kernels.device.Device} hides it), and the other
 * backends.
 */
@NullMarked
package dev.gatun.kernels.gpu;

import org.jspecify.annotations.NullMarked;
