package dev.gatun.kernels;

/** Which inner loops the CPU backend runs. */
public enum CpuTier {
    /** The fastest this machine has. */
    AUTO,
    /** Machine code assembled at load; products of quantised weights with int8 activations, the vector tier for the rest. */
    ASM,
    /** The Vector API. */
    VECTOR,
    /** One element at a time. */
    SCALAR
}
