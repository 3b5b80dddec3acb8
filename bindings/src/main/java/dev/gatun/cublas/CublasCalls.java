package dev.gatun.cublas;

import dev.gatun.cuda.CudaException;
import dev.gatun.ffi.NativeLibrary;
import dev.gatun.ffi.cublaslt.CublasLt;
import java.lang.foreign.MemorySegment;

/** What every call of cuBLASLt has: a status, with the library's name and text for it. */
final class CublasCalls {

    private CublasCalls() {}

    /** Throws if {@code status} is not success. */
    static void require(int status, String function, String values) {
        if (status != CublasLt.CUBLAS_STATUS_SUCCESS()) {
            throw failure(status, function, values);
        }
    }

    static CudaException failure(int status, String function, String values) {
        boolean named = NativeLibrary.CUBLAS_LT.find("cublasLtGetStatusName").isPresent();
        String name = named ? CublasLt.cublasLtGetStatusName(status).getString(0) : "cuBLAS status";
        String text = named ? CublasLt.cublasLtGetStatusString(status).getString(0) : "without a text";
        return CudaException.of(function, status, values, name, text, "");
    }

    /** The pointer that a call has put into {@code out}. */
    static MemorySegment pointer(MemorySegment out) {
        return out.get(CublasLt.C_POINTER, 0);
    }
}
