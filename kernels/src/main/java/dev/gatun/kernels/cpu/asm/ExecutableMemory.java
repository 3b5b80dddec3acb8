package dev.gatun.kernels.cpu.asm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Pages of machine code: written first, executable afterwards, never both. Linux on x86-64. */
final class ExecutableMemory {
    private static final int PAGE_BYTES = 4096;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private ExecutableMemory() {}

    /**
     * Maps {@code code} read-and-execute; unmapped when {@code arena} closes.
     *
     * @throws UnsupportedOperationException if the system refuses such pages
     */
    static MemorySegment map(Arena arena, byte[] code) {
        long byteSize = Math.ceilDiv(Math.max(1, code.length), PAGE_BYTES) * (long) PAGE_BYTES;
        try {
            MethodHandle map = handle("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
            MethodHandle protect = handle("mprotect", FunctionDescriptor.of(INT, LONG, LONG, INT));
            MethodHandle unmap = handle("munmap", FunctionDescriptor.of(INT, LONG, LONG));
            long address = (long) map.invokeExact(0L, byteSize, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            if (address == -1) {
                throw new UnsupportedOperationException("mmap refused " + byteSize + " bytes");
            }
            MemorySegment pages = MemorySegment.ofAddress(address)
                    .reinterpret(byteSize, arena, gone -> unmap(unmap, address, byteSize));
            MemorySegment.copy(MemorySegment.ofArray(code), 0, pages, 0, code.length);
            if ((int) protect.invokeExact(address, byteSize, READ | EXECUTE) != 0) {
                throw new UnsupportedOperationException("mprotect refused to make pages executable");
            }
            return pages.asReadOnly();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle handle(String function, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup()
                .find(function)
                .orElseThrow(() -> new UnsupportedOperationException("the system has no " + function));
        return linker.downcallHandle(address, type);
    }

    private static void unmap(MethodHandle unmap, long address, long byteSize) {
        try {
            int ignored = (int) unmap.invokeExact(address, byteSize);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
