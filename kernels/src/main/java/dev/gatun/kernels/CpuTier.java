package dev.gatun.kernels;

/** Which inner loops the CPU backend runs. */
public enum CpuTier {
    /** The fastest this machine has. */
    AUTO,
    /**
     * Machine code assembled at load, for all but products of quantised weights with float32 activations and appending to
     * 8-bit caches, which the vector tier does.
     */
    ASM,
    /** The Vector API. */
    VECTOR,
    /** One element at a time. */
    SCALAR
}
