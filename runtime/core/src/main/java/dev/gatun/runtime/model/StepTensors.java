package dev.gatun.runtime.model;

import dev.gatun.kernels.Tensor;

/**
 * The activations of a step of a fixed number of rows. Made once for each number of rows and kept, so that a steady
 * stream of decode steps allocates nothing.
 *
 * @param x residual stream [rows][width]
 * @param normed [rows][width]
 * @param q [rows][heads * headDim]
 * @param k [rows][kvHeads * headDim]
 * @param v [rows][kvHeads * headDim]
 * @param attended [rows][heads * headDim]
 * @param projected what a block adds to the stream [rows][width]
 * @param gate [rows][hidden]
 * @param up [rows][hidden]
 * @param angles [rows][rotated elements of a head]
 */
record StepTensors(
        Tensor x,
        Tensor normed,
        Tensor q,
        Tensor k,
        Tensor v,
        Tensor attended,
        Tensor projected,
        Tensor gate,
        Tensor up,
        Tensor angles) {

    StepTensors firstRows(int rows) {
        return new StepTensors(
                x.firstRows(rows),
                normed.firstRows(rows),
                q.firstRows(rows),
                k.firstRows(rows),
                v.firstRows(rows),
                attended.firstRows(rows),
                projected.firstRows(rows),
                gate.firstRows(rows),
                up.firstRows(rows),
                angles.firstRows(rows));
    }
}
