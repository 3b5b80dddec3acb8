package dev.gatun.kernels;

/** What a matrix product quantises its input to where the weights are quantised. Float weights always take float32. */
public enum Activations {
    /** Not at all: float32. */
    F32,
    /**
     * Signed 8-bit integers, one scale for each 32 neighbouring columns: {@code scale = max|x| / 127},
     * {@code code = round(x * (127 / max|x|))}, ties to even.
     */
    INT8,
    /** What is faster on this machine. */
    AUTO
}
