package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ffi.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CUDA's driver without a GPU: {@code libcuda.c}, which notes every call, checks it, and fails the one it is told to. Opened
 * once in a JVM, in the place of the real one.
 */
public final class StubDriver {
    private static @Nullable StubDriver opened;

    private final String library;
    private final MethodHandle reset;
    private final MethodHandle fail;
    private final MethodHandle calls;
    private final MethodHandle logging;
    private final MethodHandle devices;
    private final MethodHandle memory;
    private final MethodHandle attribute;
    private final MethodHandle initResult;
    private final MethodHandle log;
    private final MethodHandle query;
    private final MethodHandle clearLog;
    private final MethodHandle problems;
    private final MethodHandle live;

    private StubDriver(Path library) {
        this.library = library.toString();
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
        reset = handle(symbols, "stub_reset");
        fail = handle(symbols, "stub_fail", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        calls = result(symbols, "stub_calls", ValueLayout.JAVA_LONG);
        logging = handle(symbols, "stub_logging", ValueLayout.JAVA_INT);
        devices = handle(symbols, "stub_devices", ValueLayout.JAVA_INT);
        memory = handle(symbols, "stub_memory", ValueLayout.JAVA_LONG);
        attribute = handle(symbols, "stub_attribute", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        initResult = handle(symbols, "stub_init_result", ValueLayout.JAVA_INT);
        clearLog = handle(symbols, "stub_clear_log");
        query = handle(symbols, "stub_query", ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
        log = result(symbols, "stub_log", ValueLayout.ADDRESS);
        problems = result(symbols, "stub_problems", ValueLayout.ADDRESS);
        live = result(symbols, "stub_live", ValueLayout.ADDRESS);
    }

    /** The stub, as new; skips the test with a reason where it can not be built or a driver was opened before. */
    public static synchronized StubDriver open() {
        StubDriver stub = opened;
        if (stub == null) {
            Path library = StubLibrary.build("libcuda");
            String property = NativeLibrary.CUDA.property();
            System.setProperty(property, library.toString());
            try {
                String found = NativeLibrary.CUDA.opened().orElse("none");
                if (!found.equals(library.toString())) {
                    throw new IllegalStateException("this JVM has looked for a driver before: " + found);
                }
            } finally {
                System.clearProperty(property);
            }
            stub = new StubDriver(library);
            opened = stub;
        }
        stub.reset();
        return stub;
    }

    /** The library's file, to be named to another JVM. */
    public String library() {
        return library;
    }

    /** The one GPU of the stub. */
    public CudaGpu gpu() {
        return CudaGpu.all().getFirst();
    }

    /** Nothing is there, nothing fails, one GPU of 80 GiB. */
    public void reset() {
        call(reset);
    }

    /** Makes the {@code k}-th call from now on answer {@code code}; with 0 none fails. */
    public void fail(long k, int code) {
        call(fail, k, code);
    }

    /** How many calls there were. */
    public long calls() {
        return (long) call(calls);
    }

    /** Asks from C, {@code times} times, whether the stream is idle. */
    public void query(CudaStream stream, long times) {
        call(query, stream.handle(), times);
    }

    /** Whether calls are noted. */
    public void logging(boolean on) {
        int value = on ? 1 : 0;
        call(logging, value);
    }

    public void devices(int count) {
        call(devices, count);
    }

    /** Sets the memory of a GPU. */
    public void memory(long byteSize) {
        call(memory, byteSize);
    }

    /** Sets what {@code cuDeviceGetAttribute} says. */
    public void attribute(int attribute, int value) {
        call(this.attribute, attribute, value);
    }

    /** Sets what {@code cuInit} answers. */
    public void initResult(int code) {
        call(initResult, code);
    }

    /** Every call so far: {@code cuMemAlloc_v2(byteSize=64) = 0}. */
    public List<String> log() {
        return lines(log);
    }

    /** The functions called, in order. */
    public List<String> functions() {
        return log().stream().map(line -> line.substring(0, line.indexOf('('))).toList();
    }

    public void clearLog() {
        call(clearLog);
    }

    /** What callers got wrong, and what was still there when its context went. */
    public List<String> problems() {
        return lines(problems);
    }

    /** What is there: contexts, memory, modules, streams, events, graphs. */
    public List<String> live() {
        return lines(live);
    }

    /** The call that was failed with {@code code}, as the log has it; there must be one. */
    public String failedCall(int code) {
        return log().stream()
                .filter(line -> line.endsWith(" = " + code))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no call failed"));
    }

    /**
     * Demands that everything was given back. A thing whose release failed goes with its context; a context whose release failed
     * stays.
     *
     * @param failed the call that was failed, the {@code k}-th
     */
    public void requireNothingLeft(String failed, long k) {
        boolean isRelease = failed.matches("cu\\w*(Free|Destroy|Unload|Release)\\w*\\(.*");
        assertTrue(
                problems().size() <= (isRelease ? 1 : 0)
                        && problems().stream().allMatch(line -> line.startsWith("leak: ")),
                () -> failed + ", call " + k + ", failed: " + problems());
        int contexts = failed.startsWith("cuDevicePrimaryCtxRelease") ? 1 : 0;
        assertEquals(contexts, live().size(), () -> failed + ", call " + k + ", failed: " + live());
    }

    private static List<String> lines(MethodHandle text) {
        MemorySegment found = (MemorySegment) call(text);
        return found.reinterpret(Long.MAX_VALUE).getString(0).lines().toList();
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle handle(SymbolLookup symbols, String name, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(symbols.find(name).orElseThrow(), FunctionDescriptor.ofVoid(arguments));
    }

    private static MethodHandle result(SymbolLookup symbols, String name, MemoryLayout result) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), FunctionDescriptor.of(result));
    }
}
