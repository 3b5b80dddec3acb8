package dev.gatun.cuda;

import dev.gatun.ffi.NativeLibrary;
import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Whether this machine has an NVIDIA driver. Absence is an answer, not an error: {@link Missing} says what was looked
 * for.
 */
public sealed interface CudaDriver {

    /** The driver's library was loaded and answered. */
    record Found(String library, int cudaVersion) implements CudaDriver {

        /** CUDA version the driver supports, as people write it: {@code 13.0}. */
        public String versionText() {
            return cudaVersion / 1000 + "." + cudaVersion % 1000 / 10;
        }
    }

    /** No driver answered; {@code reason} says which library was looked for and what would change it. */
    record Missing(String reason) implements CudaDriver {}

    /** Looks for the driver on the system's library path. */
    static CudaDriver find() {
        NativeLibrary driver = NativeLibrary.CUDA;
        return driver.opened()
                .map(CudaDriver::ask)
                .orElseGet(() -> new Missing("no CUDA driver: install NVIDIA's; " + driver.absence()));
    }

    private static CudaDriver ask(String library) {
        if (NativeLibrary.CUDA.find("cuDriverGetVersion").isEmpty()) {
            return new Missing(library + " has no cuDriverGetVersion: it is not an NVIDIA driver library");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            int result = Cuda.cuDriverGetVersion(out); // works without cuInit
            return result == Cuda.CUDA_SUCCESS()
                    ? new Found(library, out.get(ValueLayout.JAVA_INT, 0))
                    : new Missing(library + " answered cuDriverGetVersion with error " + result
                            + "; is the kernel driver loaded?");
        }
    }
}
