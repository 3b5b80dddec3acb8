package dev.gatun.cublas;

import dev.gatun.ffi.cublaslt.CublasLt;

/** What the inputs of a product are; sums and results are float32. */
public enum ElementType {
    F16(CublasLt.CUDA_R_16F()),
    BF16(CublasLt.CUDA_R_16BF()),
    F32(CublasLt.CUDA_R_32F());

    final int code;

    ElementType(int code) {
        this.code = code;
    }
}
