package dev.gatun.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {

    @Test
    void saysWhatWasLookedForAndWhatWouldChangeIt() {
        assertEquals(
                "none of libnvidia-ml.so.1, nvml.dll is on the library path; add its folder to LD_LIBRARY_PATH, or name the"
                        + " file with -Dgatun.library.nvml",
                NativeLibrary.NVML.absence());
        assertEquals(List.of("libcuda.so.1", "libcuda.so", "nvcuda.dll"), NativeLibrary.CUDA.names());
    }

    @Test
    void aFunctionOfAMissingLibraryIsAnErrorThatNamesBoth() {
        assumeTrue(NativeLibrary.CUBLAS.opened().isEmpty(), "cuBLAS is on the library path");
        assertEquals(Optional.empty(), NativeLibrary.CUBLAS.find("cublasCreate_v2"));
        UnsatisfiedLinkError error =
                assertThrows(UnsatisfiedLinkError.class, () -> NativeLibrary.CUBLAS.require("cublasCreate_v2"));
        String message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("cublasCreate_v2: none of libcublas.so.13"), message);
    }
}
