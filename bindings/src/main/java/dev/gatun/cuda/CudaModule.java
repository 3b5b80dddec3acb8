package dev.gatun.cuda;

import dev.gatun.ffi.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Code on a GPU, compiled from PTX text by the driver; its functions die with it. */
public final class CudaModule {
    private static final int LOG_BYTES = 16 * 1024;
    private static final int ERROR_LINES = 3;

    private final CudaContext context;
    private final Owned module;
    private final String log;

    private CudaModule(CudaContext context, Owned module, String log) {
        this.context = context;
        this.module = module;
        this.log = log;
    }

    /** Compiles and loads {@code ptx} as {@link ModuleOptions#DEFAULTS} say. */
    public static CudaModule load(Arena arena, CudaContext context, String ptx) {
        return load(arena, context, ptx, ModuleOptions.DEFAULTS);
    }

    /**
     * Compiles and loads {@code ptx}. The driver keeps what it compiled on disk, by text and GPU.
     *
     * @throws CudaException with the compiler's first complaints if it refuses the text
     */
    public static CudaModule load(Arena arena, CudaContext context, String ptx, ModuleOptions options) {
        context.makeCurrent();
        try (Arena call = Arena.ofConfined()) {
            JitCall jit = new JitCall(call, options);
            int result = Cuda.cuModuleLoadDataEx(
                    context.block().out(), call.allocateFrom(ptx), jit.count(), jit.options(), jit.values());
            if (result != Cuda.CUDA_SUCCESS()) {
                throw context.failure(
                        "cuModuleLoadDataEx", result, "ptxLength=" + ptx.length(), complaint(jit.errorLog()));
            }
            MemorySegment handle = MemorySegment.ofAddress(context.block().outLong());
            Owned module = context.own(Owned.Kind.MODULE, handle, 0);
            CudaContext.tie(arena, module);
            return new CudaModule(context, module, jit.infoLog());
        }
    }

    private static String complaint(String errorLog) {
        String first = String.join(
                "; ",
                errorLog.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .limit(ERROR_LINES)
                        .toList());
        return first.isEmpty() ? "" : ": " + first;
    }

    /** What the compiler said beside errors; often nothing. */
    public String log() {
        return log;
    }

    /**
     * The function called {@code name}.
     *
     * @throws CudaException if the module has none
     */
    public CudaFunction function(String name) {
        requireLive();
        context.makeCurrent();
        try (Arena call = Arena.ofConfined()) {
            int result = Cuda.cuModuleGetFunction(context.block().out(), module.handle(), call.allocateFrom(name));
            if (result != Cuda.CUDA_SUCCESS()) {
                throw context.failure("cuModuleGetFunction", result, "name=" + name);
            }
            return new CudaFunction(
                    context, this, name, MemorySegment.ofAddress(context.block().outLong()));
        }
    }

    void requireLive() {
        if (!module.isLive()) {
            throw new IllegalStateException("the module was unloaded with its arena");
        }
    }

    /** The options of one compilation and the buffers its logs go to. */
    private static final class JitCall {
        private static final int MOST = 6;

        private final MemorySegment options;
        private final MemorySegment values;
        private final MemorySegment infoLog;
        private final MemorySegment errorLog;
        private int count;

        JitCall(Arena arena, ModuleOptions asked) {
            options = arena.allocate(ValueLayout.JAVA_INT, MOST);
            values = arena.allocate(ValueLayout.JAVA_LONG, MOST);
            infoLog = arena.allocate(LOG_BYTES);
            errorLog = arena.allocate(LOG_BYTES);
            add(Cuda.CU_JIT_INFO_LOG_BUFFER(), infoLog.address());
            add(Cuda.CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES(), LOG_BYTES);
            add(Cuda.CU_JIT_ERROR_LOG_BUFFER(), errorLog.address());
            add(Cuda.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES(), LOG_BYTES);
            if (asked.maxRegisters() > 0) {
                add(Cuda.CU_JIT_MAX_REGISTERS(), asked.maxRegisters());
            }
            if (asked.lineInfo()) {
                add(Cuda.CU_JIT_GENERATE_LINE_INFO(), 1);
            }
        }

        private void add(int option, long value) {
            options.setAtIndex(ValueLayout.JAVA_INT, count, option);
            values.setAtIndex(ValueLayout.JAVA_LONG, count, value);
            count++;
        }

        int count() {
            return count;
        }

        MemorySegment options() {
            return options;
        }

        MemorySegment values() {
            return values;
        }

        String infoLog() {
            return infoLog.getString(0);
        }

        String errorLog() {
            return errorLog.getString(0);
        }
    }
}
