package dev.gatun.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;

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

    /** Sonames in the order they are tried. */
    List<String> LIBRARIES = List.of("libcuda.so.1", "libcuda.so", "nvcuda.dll");

    /** Looks for the driver on the system's library path. */
    static CudaDriver find() {
        for (String library : LIBRARIES) {
            try (Arena arena = Arena.ofConfined()) {
                SymbolLookup lookup = SymbolLookup.libraryLookup(library, arena);
                return ask(library, lookup, arena);
            } catch (IllegalArgumentException absent) {
                // Not this name: try the next.
            }
        }
        return new Missing("no CUDA driver: none of " + String.join(", ", LIBRARIES)
                + " is on the library path; install the NVIDIA driver, or add its folder to LD_LIBRARY_PATH");
    }

    private static CudaDriver ask(String library, SymbolLookup lookup, Arena arena) {
        var entry = lookup.find("cuDriverGetVersion");
        if (entry.isEmpty()) {
            return new Missing(library + " has no cuDriverGetVersion: it is not an NVIDIA driver library");
        }
        // CUresult cuDriverGetVersion(int* driverVersion); works without cuInit.
        var version = Linker.nativeLinker()
                .downcallHandle(entry.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
        try {
            int result = (int) version.invokeExact(out);
            return result == 0
                    ? new Found(library, out.get(ValueLayout.JAVA_INT, 0))
                    : new Missing(library + " answered cuDriverGetVersion with error " + result
                            + "; is the kernel driver loaded?");
        } catch (Throwable t) {
            throw new AssertionError("cuDriverGetVersion", t);
        }
    }
}
