package dev.gatun.cuda;

import dev.gatun.ffi.NativeLibrary;
import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call of one of NVIDIA's libraries failed: which, with what values, and the library's name and text for the error. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Errors after which the context answers every call with the same error: its memory and code are lost. */
    private static final Set<Integer> STICKY = Set.of(
            Cuda.CUDA_ERROR_ECC_UNCORRECTABLE(),
            Cuda.CUDA_ERROR_NVLINK_UNCORRECTABLE(),
            Cuda.CUDA_ERROR_ILLEGAL_ADDRESS(),
            Cuda.CUDA_ERROR_LAUNCH_TIMEOUT(),
            Cuda.CUDA_ERROR_CONTEXT_IS_DESTROYED(),
            Cuda.CUDA_ERROR_ASSERT(),
            Cuda.CUDA_ERROR_HARDWARE_STACK_ERROR(),
            Cuda.CUDA_ERROR_ILLEGAL_INSTRUCTION(),
            Cuda.CUDA_ERROR_MISALIGNED_ADDRESS(),
            Cuda.CUDA_ERROR_INVALID_ADDRESS_SPACE(),
            Cuda.CUDA_ERROR_INVALID_PC(),
            Cuda.CUDA_ERROR_LAUNCH_FAILED(),
            Cuda.CUDA_ERROR_EXTERNAL_DEVICE(),
            Cuda.CUDA_ERROR_TENSOR_MEMORY_LEAK(),
            Cuda.CUDA_ERROR_CONTAINED());

    private final String function;
    private final int code;
    private final String errorName;

    private CudaException(String message, String function, int code, String errorName) {
        super(message);
        this.function = function;
        this.code = code;
        this.errorName = errorName;
    }

    /**
     * A failure of the driver.
     *
     * @param values the call's values as {@code name=value, ...}; may be empty
     */
    static CudaException ofDriver(String function, int code, String values) {
        return ofDriver(function, code, values, "");
    }

    /** The same, with what else is known: a clause that ends the sentence. */
    static CudaException ofDriver(String function, int code, String values, String more) {
        String lost = STICKY.contains(code) ? "; the context is lost with all its memory: restart the process" : "";
        return of(function, code, values, name(code), text(code), more + lost);
    }

    /** A failure of any library that has its own names and texts for its errors. */
    public static CudaException of(
            String function, int code, String values, String errorName, String errorText, String more) {
        return new CudaException(
                function + "(" + values + ") failed: " + errorName + " (" + code + "), " + errorText + more + ".",
                function,
                code,
                errorName);
    }

    /** The same failure for a later call, which it makes impossible. */
    CudaException again() {
        CudaException again = new CudaException(String.valueOf(getMessage()), function, code, errorName);
        again.initCause(this);
        return again;
    }

    /** The function that failed, as the library calls it. */
    public String function() {
        return function;
    }

    /** The error's number. */
    public int code() {
        return code;
    }

    /** The error's name: {@code CUDA_ERROR_OUT_OF_MEMORY}. */
    public String errorName() {
        return errorName;
    }

    /** Whether memory was asked for that there is not. */
    public boolean isOutOfMemory() {
        return code == Cuda.CUDA_ERROR_OUT_OF_MEMORY();
    }

    /** Whether the context is lost: every later call in it fails. */
    public boolean isSticky() {
        return STICKY.contains(code);
    }

    private static String name(int code) {
        String name = NativeLibrary.CUDA.find("cuGetErrorName").isPresent() ? ask(true, code) : null;
        return name == null ? "unknown error" : name;
    }

    private static String text(int code) {
        String text = NativeLibrary.CUDA.find("cuGetErrorString").isPresent() ? ask(false, code) : null;
        return text == null ? "which the driver has no text for" : text;
    }

    private static @Nullable String ask(boolean forName, int code) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(Cuda.C_POINTER);
            int result = forName ? Cuda.cuGetErrorName(code, out) : Cuda.cuGetErrorString(code, out);
            MemorySegment text = out.get(Cuda.C_POINTER, 0);
            return result == Cuda.CUDA_SUCCESS() && text.address() != 0 ? text.getString(0) : null;
        }
    }
}
