package dev.gatun.runtime.engine;

/** Which backend computes. */
public enum BackendChoice {
    /** The fastest that this machine has. */
    AUTO,
    /** The processor, as fast as we can. */
    CPU,
    /** The definition: scalar, with {@code double} sums. Slow. */
    REFERENCE,
    /** PTX kernels on an NVIDIA GPU. */
    CUDA,
    /** The same PTX kernels, run by the PTX machine on the processor. Slow. */
    PTXVM
}
