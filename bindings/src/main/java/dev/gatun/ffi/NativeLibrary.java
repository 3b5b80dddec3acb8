package dev.gatun.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A shared library of NVIDIA's, opened when it is first asked for and kept until the JVM ends. That one is missing is an
 * answer: the generated constants and layouts work without any.
 */
public final class NativeLibrary {
    public static final NativeLibrary CUDA = new NativeLibrary("cuda", "libcuda.so.1", "libcuda.so", "nvcuda.dll");
    public static final NativeLibrary CUBLAS =
            new NativeLibrary("cublas", "libcublas.so.13", "libcublas.so.12", "cublas64_13.dll", "cublas64_12.dll");
    public static final NativeLibrary CUBLAS_LT = new NativeLibrary(
            "cublaslt", "libcublasLt.so.13", "libcublasLt.so.12", "cublasLt64_13.dll", "cublasLt64_12.dll");
    public static final NativeLibrary NVML = new NativeLibrary("nvml", "libnvidia-ml.so.1", "nvml.dll");

    private final String name;
    private final List<String> sonames;
    private @Nullable Opened opened;

    /** {@code name} is what was opened, {@code null} if nothing was. */
    private record Opened(@Nullable String name, SymbolLookup symbols) {}

    private NativeLibrary(String name, String... sonames) {
        this.name = name;
        this.sonames = List.of(sonames);
    }

    /**
     * Names in the order they are tried: what the system property says, if it is set, alone; else the version names on the
     * library path.
     */
    public List<String> names() {
        String elsewhere = System.getProperty(property());
        return elsewhere == null ? sonames : List.of(elsewhere);
    }

    /** The system property that names another file for this library: {@code gatun.library.cuda}. */
    public String property() {
        return "gatun.library." + name;
    }

    /** The file that was opened, or empty if none could be. */
    public Optional<String> opened() {
        return Optional.ofNullable(open().name());
    }

    /** The symbol's address, or empty if the library is missing or, being older, lacks it. */
    public Optional<MemorySegment> find(String symbol) {
        return open().symbols().find(symbol);
    }

    /**
     * The symbol's address.
     *
     * @throws UnsatisfiedLinkError naming the library or what was looked for
     */
    public MemorySegment require(String symbol) {
        return find(symbol)
                .orElseThrow(() -> new UnsatisfiedLinkError(
                        opened().map(name -> name + " has no " + symbol).orElseGet(() -> symbol + ": " + absence())));
    }

    /** One sentence for a library that is missing: what was looked for, and what would change it. */
    public String absence() {
        return "none of " + String.join(", ", names())
                + " is on the library path; add its folder to LD_LIBRARY_PATH, or name the file with -D" + property();
    }

    private synchronized Opened open() {
        Opened known = opened;
        if (known == null) {
            known = search();
            opened = known;
        }
        return known;
    }

    private Opened search() {
        for (String name : names()) {
            try {
                // The library stays: addresses of its functions are kept by every generated handle.
                return new Opened(name, SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException absent) {
                // Not this name: try the next.
            }
        }
        return new Opened(null, symbol -> Optional.empty());
    }
}
